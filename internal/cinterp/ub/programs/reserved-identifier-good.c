/* The program has its own function of the library's name. */
#include <stdio.h>

static int magnitude(int n) { return n < 0 ? -n : n; }

int main(void)
{
	printf("%d\n", magnitude(-3));
	return 0;
}
