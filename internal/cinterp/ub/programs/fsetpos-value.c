/* A position that fgetpos never set. */
#include <stdio.h>

int main(void)
{
	static fpos_t at;
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	int r = fsetpos(f, &at); /* UB */
	printf("%d\n", r == 99);
	fclose(f);
	return 0;
}
