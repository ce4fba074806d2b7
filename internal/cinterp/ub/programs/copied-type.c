/* A copy in allocated memory has the type of what it was copied from. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	float f = 1;
	uint32_t *bits = malloc(sizeof f);
	if (!bits)
		return 1;
	memcpy(bits, &f, sizeof f);
	printf("%d\n", *bits != 0); /* UB */
	free(bits);
	return 0;
}
