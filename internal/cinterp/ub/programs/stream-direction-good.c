/* What was written is read back without going there. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	rewind(f);
	int c = fgetc(f);
	printf("%d\n", c == 'z');
	fclose(f);
	return 0;
}
