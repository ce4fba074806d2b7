/* A volatile object is read as if it were not. */
#include <stdio.h>

int main(void)
{
	volatile int port = 3;
	int *p = (int *)&port;
	printf("%d\n", *p); /* UB */
	return 0;
}
