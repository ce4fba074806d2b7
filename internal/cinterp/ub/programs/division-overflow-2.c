/* The remainder is undefined where the quotient does not fit. */
#include <limits.h>
#include <stdio.h>

static long rest(long a, long b)
{
	return a % b; /* UB */
}

int main(void)
{
	printf("%ld\n", rest(LONG_MIN, -1));
	return 0;
}
