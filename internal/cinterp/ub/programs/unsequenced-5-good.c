/* An argument is set, and read by its neighbour. */
#include <stdio.h>

static int second(int a, int b) { return a > 100 ? a : b; }

int main(void)
{
	int i = 1;
	i = 2;
	int r = second(i, i);
	printf("%d\n", r > 100);
	return 0;
}
