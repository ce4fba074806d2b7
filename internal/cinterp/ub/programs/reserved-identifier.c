/* The program has its own function of the library's name. */
#include <stdio.h>

int abs(int n) { return n < 0 ? -n : n; } /* UB */

int main(void)
{
	printf("%d\n", abs(-3));
	return 0;
}
