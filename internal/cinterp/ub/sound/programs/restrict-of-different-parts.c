/* 6.7.3.1p4 speaks of objects that are accessed: parts that do not meet, and reads alone, are in order. */
#include <stdio.h>

static void copy(int n, int *restrict to, const int *restrict from)
{
	while (n-- > 0)
		*to++ = *from++;
}

static int add(const int *restrict a, const int *restrict b) { return *a + *b; }

static int twice(int *restrict p)
{
	int *q = p;
	*q += 1;
	return *p;
}

int main(void)
{
	int a[6] = {1, 2, 3, 4, 5, 6}, one = 5;
	copy(3, a + 3, a);
	int sum = add(&one, &one);
	int more = twice(&one);
	printf("%d %d %d\n", a[5], sum, more);
	{
		int *restrict inner = a;
		int *restrict other = a + 3;
		inner[0] = 9;
		other[0] = 8;
	}
	printf("%d %d\n", a[0], a[3]);
	return 0;
}
