/* What bsearch did not find is changed. */
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	int list[3] = {2, 4, 6}, key = 5;
	int *found = bsearch(&key, list, 3, sizeof *list, compare);
	if (found != NULL)
		*found = 7;
	printf("%d\n", list[2]);
	return 0;
}
