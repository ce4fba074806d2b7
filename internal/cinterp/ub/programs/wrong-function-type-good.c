/* A function is called through a pointer of another type. */
#include <stdio.h>

static int twice(int n) { return 2 * n; }

int main(void)
{
	int (*f)(int) = twice;
	printf("%d\n", f(2) == 4);
	return 0;
}
