/* The comparison finds every element smaller. */
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return x == y ? 0 : -1;
}

int main(void)
{
	int a[5] = {3, 1, 2, 5, 4};
	qsort(a, 5, sizeof *a, compare); /* UB */
	puts("sorted");
	return 0;
}
