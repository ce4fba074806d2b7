/* The function has a prototype, and the call does not see it. */
#include <stdio.h>

static long total();

int main(void)
{
	printf("%d\n", total(1, 2) > 100); /* UB */
	return 0;
}

static long total(long a, long b)
{
	return a + b;
}
