/* 6.5.7p3-5: counts below the width, unsigned values, and what still fits. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	unsigned width = sizeof(int) * CHAR_BIT;
	unsigned top = 1U << (width - 1);
	int next = 1 << (width - 2);
	int zero = 0 << (width - 1);
	long long wide = 1LL << 40;
	printf("%d %d %d %d\n", top != 0, next > 0, zero, (int)(wide >> 38));
	return 0;
}
