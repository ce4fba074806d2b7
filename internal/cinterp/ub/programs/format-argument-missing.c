/* The format has one conversion too many. */
#include <stdio.h>

int main(void)
{
	int a = 1;
	printf("%d %d\n", a); /* UB */
	return 0;
}
