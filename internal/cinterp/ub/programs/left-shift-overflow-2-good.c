/* A negative number is shifted left. */
#include <stdio.h>

static int scale(int n)
{
	return n * 4;
}

int main(void)
{
	printf("%d\n", scale(-3));
	return 0;
}
