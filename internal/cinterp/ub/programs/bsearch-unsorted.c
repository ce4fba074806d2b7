/* What is searched is not in order. */
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	int a[5] = {5, 1, 4, 2, 3}, key = 2;
	int *p = bsearch(&key, a, 5, sizeof *a, compare); /* UB */
	printf("%d\n", p == a);
	return 0;
}
