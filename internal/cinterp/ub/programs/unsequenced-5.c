/* An argument is set, and read by its neighbour. */
#include <stdio.h>

static int second(int a, int b) { return a > 100 ? a : b; }

int main(void)
{
	int i = 1;
	int r = second(i = 2, i); /* UB */
	printf("%d\n", r > 100);
	return 0;
}
