/* The smallest number divided by -1 does not fit. */
#include <limits.h>
#include <stdio.h>

static int divide(int a, int b)
{
	return a / b; /* UB */
}

int main(void)
{
	printf("%d\n", divide(INT_MIN, -1) > 0);
	return 0;
}
