/* The parameter asks for four elements, the argument has three. */
#include <stdio.h>

static int first(const int a[static 4])
{
	return a[0];
}

int main(void)
{
	int three[3] = {1, 2, 3};
	printf("%d\n", first(three)); /* UB */
	return 0;
}
