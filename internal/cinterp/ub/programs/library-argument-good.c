/* There is no base 1. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	long n = strtol("111", NULL, 2);
	printf("%ld\n", n);
	return 0;
}
