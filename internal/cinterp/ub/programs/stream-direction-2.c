/* After reading, writing goes on without a seek. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	rewind(f);
	int c = fgetc(f);
	fputc('x', f); /* UB */
	printf("%c\n", c);
	fclose(f);
	return 0;
}
