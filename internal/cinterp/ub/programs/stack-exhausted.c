/* The end of the recursion is missed. */
#include <stdio.h>

static unsigned long depth(unsigned long n)
{
	if (n == 1)
		return 1;
	return 1 + depth(n - 2); /* UB */
}

int main(void)
{
	printf("%lu\n", depth(10));
	return 0;
}
