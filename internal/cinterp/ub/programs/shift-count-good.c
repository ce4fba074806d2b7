/* A mask of all bits of an int. */
#include <limits.h>
#include <stdio.h>

static unsigned low(unsigned bits)
{
	return bits >= sizeof(unsigned) * CHAR_BIT ? UINT_MAX : (1U << bits) - 1;
}

int main(void)
{
	printf("%d\n", low(sizeof(unsigned) * CHAR_BIT) > 1);
	return 0;
}
