/* A volatile object is read as if it were not. */
#include <stdio.h>

int main(void)
{
	volatile int port = 3;
	volatile int *p = &port;
	printf("%d\n", *p);
	return 0;
}
