/* The negative of the smallest number does not exist. */
#include <limits.h>
#include <stdio.h>

static long long magnitude(long long n)
{
	return n < 0 ? -n : n; /* UB */
}

int main(void)
{
	printf("%d\n", magnitude(LLONG_MIN) == 0);
	return 0;
}
