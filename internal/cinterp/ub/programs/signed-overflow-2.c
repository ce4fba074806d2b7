/* A product of two unsigned shorts is an int's business. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	unsigned short a = 65535, b = 65535;
	unsigned product = a * b; /* UB */
	printf("%d\n", product != 0);
	return 0;
}
