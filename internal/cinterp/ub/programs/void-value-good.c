/* The value of nothing is used. */
#include <stdio.h>

static int work(void) { return 0; }

int main(void)
{
	int r;
	r = work();
	printf("%d\n", r == 99);
	return 0;
}
