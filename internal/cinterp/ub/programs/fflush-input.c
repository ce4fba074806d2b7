/* fflush does not throw input away. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("ab", f);
	rewind(f);
	int c = fgetc(f);
	fflush(f); /* UB */
	printf("%c\n", c);
	fclose(f);
	return 0;
}
