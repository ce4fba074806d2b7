/* A sum of large numbers. */
#include <limits.h>
#include <stdio.h>

static int add(int a, int b)
{
	return a + b; /* UB */
}

int main(void)
{
	printf("%d\n", add(INT_MAX - 1, 5) > 0);
	return 0;
}
