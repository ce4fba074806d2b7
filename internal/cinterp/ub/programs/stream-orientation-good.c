/* A wide stream is written by bytes. */
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fwide(f, 1);
	int r = fputws(L"bytes", f);
	printf("%d\n", r == 99);
	fclose(f);
	return 0;
}
