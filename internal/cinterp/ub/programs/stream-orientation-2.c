/* A stream of bytes is written by wide characters. */
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("bytes", f);
	wint_t r = fputwc(L'w', f); /* UB */
	printf("%d\n", r == 99);
	fclose(f);
	return 0;
}
