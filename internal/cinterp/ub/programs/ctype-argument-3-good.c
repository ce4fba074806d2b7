/* A number that no wide character has is classified. */
#include <stdio.h>
#include <wctype.h>

int main(void)
{
	wint_t c = WEOF;
	int letter = iswalpha(c) != 0;
	printf("%d\n", letter > 1);
	return 0;
}
