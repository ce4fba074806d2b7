/* A long is printed as an int. */
#include <stdio.h>

int main(void)
{
	long big = 3;
	printf("%d\n", big); /* UB */
	return 0;
}
