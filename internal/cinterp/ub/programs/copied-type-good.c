/* A copy in an object that is declared has the type of the declaration. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	float f = 1;
	uint32_t bits;
	memcpy(&bits, &f, sizeof f);
	printf("%d\n", bits != 0);
	return 0;
}
