/* A restrict pointer outside functions is made from one of a block. */
#include <stdio.h>

static int *restrict current;

static void use(int *p)
{
	current = p;
}

int main(void)
{
	int a = 4;
	use(&a);
	printf("%d\n", *current);
	return 0;
}
