/* A string of wide characters is printed as one of bytes. */
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	const wchar_t *name = L"report";
	printf("%ls\n", name);
	return 0;
}
