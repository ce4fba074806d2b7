/* There is no conversion called y. */
#include <stdio.h>

int main(void)
{
	printf("%x\n", 1U);
	return 0;
}
