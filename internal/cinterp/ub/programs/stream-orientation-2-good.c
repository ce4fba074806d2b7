/* A stream of bytes is written by wide characters. */
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("bytes", f);
	int r = fputc('w', f);
	printf("%d\n", r == 99);
	fclose(f);
	return 0;
}
