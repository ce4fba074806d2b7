/* A static object is reached by its name and through a restrict pointer. */
#include <stdio.h>

static int total;

static int add(int *restrict p)
{
	*p += 1;
	total += 2; /* UB */
	return *p;
}

int main(void)
{
	printf("%d\n", add(&total) > 100);
	return 0;
}
