/* Both pointers promise to be the only one. */
#include <stdio.h>

static int set(int *restrict p, int *restrict q)
{
	*p = 1;
	*q = 2;
	return *p;
}

int main(void)
{
	int a = 0, b = 0;
	printf("%d\n", set(&a, &b));
	return 0;
}
