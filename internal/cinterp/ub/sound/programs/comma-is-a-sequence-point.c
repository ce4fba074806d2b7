/* 6.5.17p2: the comma orders its operands; 6.5p3: the other side does not touch x or q. */
#include <stdio.h>

int main(void)
{
	int x = 8, p = 4, n = 1;
	int *q = &n;
	x |= (*q ^= 3, p);
	printf("%d %d\n", x, n);
	return 0;
}
