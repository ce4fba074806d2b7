/* 6.9.1p12: a function may end without a value where nobody uses it; main gives 0. */
#include <stdio.h>

static int note(const char *s)
{
	puts(s);
	if (s[0] == 'r')
		return 1;
}

int main(void)
{
	note("hello");
	printf("%d\n", note("r"));
}
