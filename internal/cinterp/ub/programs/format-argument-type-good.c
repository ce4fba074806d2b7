/* A long is printed as an int. */
#include <stdio.h>

int main(void)
{
	long big = 3;
	printf("%ld\n", big);
	return 0;
}
