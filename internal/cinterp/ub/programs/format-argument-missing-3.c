/* The width that * asks for is not given. */
#include <stdio.h>

int main(void)
{
	printf("%*d\n", 5); /* UB */
	return 0;
}
