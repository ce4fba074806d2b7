/* The comparison marks what it saw. */
#include <stdio.h>
#include <stdlib.h>

struct item { int key; int seen; };

static int compare(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	return (x->key > y->key) - (x->key < y->key);
}

int main(void)
{
	struct item a[3] = {{3, 0}, {1, 0}, {2, 0}};
	qsort(a, 3, sizeof *a, compare);
	printf("%d\n", a[0].key);
	return 0;
}
