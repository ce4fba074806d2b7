/* An empty list is sorted. */
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	int *list = NULL;
	size_t count = 0;
	if (count > 0)
		qsort(list, count, sizeof *list, compare);
	puts("sorted");
	return 0;
}
