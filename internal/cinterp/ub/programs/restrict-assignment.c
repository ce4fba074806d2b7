/* One restrict pointer is made from another of the same block. */
#include <stdio.h>

int main(void)
{
	int a[4] = {1, 2, 3, 4};
	int *restrict p = a;
	int *restrict q;
	q = p + 1; /* UB */
	printf("%d\n", *q);
	return 0;
}
