/* 6.3.2.3p8: a function pointer may be kept as another type and called as its own. */
#include <stdio.h>
#include <stdlib.h>

typedef void any(void);

static int twice(int n) { return 2 * n; }

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	any *kept = (any *)twice;
	int (*f)(int) = (int (*)(int))kept;
	int a[5] = {5, 3, 4, 1, 2}, key = 4;
	qsort(a, 5, sizeof *a, by_value);
	int *at = bsearch(&key, a, 5, sizeof *a, by_value);
	printf("%d %d %d\n", f(4), (int)(at - a), (*****twice)(3));
	return 0;
}
