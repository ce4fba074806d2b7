/* The negative of the smallest number does not exist. */
#include <limits.h>
#include <stdio.h>

static long long magnitude(long long n)
{
	return n == LLONG_MIN ? LLONG_MAX : n < 0 ? -n : n;
}

int main(void)
{
	printf("%d\n", magnitude(LLONG_MIN) == 0);
	return 0;
}
