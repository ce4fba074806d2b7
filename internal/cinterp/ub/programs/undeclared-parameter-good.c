/* A parameter of an old-style function is not declared. */
#include <stdio.h>

static int half(n) int n;
{
	return n / 2;
}

int main(void)
{
	printf("%d\n", half(8));
	return 0;
}
