/* The pointer that wcstok keeps is set by the program. */
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	wchar_t text[] = L"a b c";
	wchar_t *state;
	wchar_t *p = wcstok(text, L" ", &state);
	state = text + 1;
	p = wcstok(NULL, L" ", &state); /* UB */
	printf("%d\n", p == NULL);
	return 0;
}
