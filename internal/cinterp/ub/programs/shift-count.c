/* A mask of all bits of an int. */
#include <limits.h>
#include <stdio.h>

static unsigned low(unsigned bits)
{
	return (1U << bits) - 1; /* UB */
}

int main(void)
{
	printf("%d\n", low(sizeof(unsigned) * CHAR_BIT) > 1);
	return 0;
}
