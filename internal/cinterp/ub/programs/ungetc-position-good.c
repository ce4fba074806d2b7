/* A byte is put back before the first one. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	rewind(f);
	fgetc(f);
	ungetc('x', f);
	long at = ftell(f);
	printf("%ld\n", at > 0 ? 1L : 0L);
	fclose(f);
	return 0;
}
