/* A number that no int can hold. */
#include <limits.h>
#include <stdio.h>

static int whole(double d)
{
	return d >= (double)INT_MAX ? INT_MAX : (int)d;
}

int main(void)
{
	printf("%d\n", whole(1e20) > 0);
	return 0;
}
