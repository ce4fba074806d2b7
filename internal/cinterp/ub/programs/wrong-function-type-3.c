/* A function that takes two is called as one that takes one and more. */
#include <stdio.h>

static int add(int a, int b) { return a + b; }

int main(void)
{
	int (*f)(int, ...) = (int (*)(int, ...))add;
	printf("%d\n", f(1, 2)); /* UB */
	return 0;
}
