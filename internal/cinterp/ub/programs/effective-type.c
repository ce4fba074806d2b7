/* The bits of a float are read as an int. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	float f = 1.0f;
	uint32_t bits = *(uint32_t *)&f; /* UB */
	printf("%d\n", bits != 0);
	return 0;
}
