/* A position that fgetpos never set. */
#include <stdio.h>

int main(void)
{
	static fpos_t at;
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	if (fgetpos(f, &at) != 0)
		return 1;
	int r = fsetpos(f, &at);
	printf("%d\n", r == 99);
	fclose(f);
	return 0;
}
