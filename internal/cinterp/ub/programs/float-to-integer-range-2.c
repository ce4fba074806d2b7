/* A negative number becomes unsigned. */
#include <stdio.h>

static unsigned units(double price)
{
	return (unsigned)(price * 100.0); /* UB */
}

int main(void)
{
	printf("%d\n", units(-1.5) > 3);
	return 0;
}
