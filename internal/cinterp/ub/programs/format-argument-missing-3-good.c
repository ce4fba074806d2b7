/* The width that * asks for is not given. */
#include <stdio.h>

int main(void)
{
	printf("%*d\n", 4, 5);
	return 0;
}
