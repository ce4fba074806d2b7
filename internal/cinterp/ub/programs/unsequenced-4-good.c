/* The arguments of a call have no order. */
#include <stdio.h>

static int sum(int a, int b) { return a + b; }

int main(void)
{
	int n = 1;
	int m = n++;
	int s = sum(m, n);
	printf("%d\n", s > 0);
	return 0;
}
