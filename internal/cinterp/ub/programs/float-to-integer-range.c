/* A number that no int can hold. */
#include <limits.h>
#include <stdio.h>

static int whole(double d)
{
	return (int)d; /* UB */
}

int main(void)
{
	printf("%d\n", whole(1e20) > 0);
	return 0;
}
