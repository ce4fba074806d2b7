/* The pointer outlives the block of the object. */
#include <stdio.h>

int main(void)
{
	int *p;
	int inner = 5;
	{
		p = &inner;
	}
	printf("%d\n", *p);
	return 0;
}
