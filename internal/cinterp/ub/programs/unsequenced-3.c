/* Two pointers to one object are written in one expression. */
#include <stdio.h>

static int both(int *p, int *q)
{
	return (*p = 1) + (*q = 2); /* UB */
}

int main(void)
{
	int n = 0;
	printf("%d\n", both(&n, &n));
	return 0;
}
