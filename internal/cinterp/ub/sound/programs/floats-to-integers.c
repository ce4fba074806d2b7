/* 6.3.1.4p1: only the whole part counts: -0.9 becomes an unsigned 0, and the limits just fit. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	double low = -0.9, high = (double)INT_MAX + 0.5, least = (double)INT_MIN - 0.5;
	unsigned u = (unsigned)low;
	printf("%u %d %d\n", u, (int)high == INT_MAX, (int)least == INT_MIN);
	return 0;
}
