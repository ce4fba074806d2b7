/* 6.3.1.1p2: char and short are computed as int; 6.3.1.3p3 is left out by staying in range. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	signed char a = 100, b = 100;
	int sum = a + b;
	short s = SHRT_MAX;
	long t = s + 1L;
	unsigned char c = 200;
	int shifted = c << 4;
	int smallest = -INT_MAX - 1;
	printf("%d %d %d %d\n", sum, t == SHRT_MAX + 1L, shifted, smallest < 0);
	return 0;
}
