/* Without a prototype in sight, a double goes where an int is taken. */
#include <stdio.h>

static int half();

int main(void)
{
	printf("%d\n", half(8.0) > 100); /* UB */
	return 0;
}

static int half(n)
int n;
{
	return n / 2;
}
