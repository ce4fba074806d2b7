/* There is no conversion called y. */
#include <stdio.h>

int main(void)
{
	printf("%y\n", 1); /* UB */
	return 0;
}
