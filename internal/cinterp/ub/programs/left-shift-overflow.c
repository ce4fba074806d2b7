/* The top bit of an int is its sign. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	int top = (int)(sizeof(int) * CHAR_BIT) - 1;
	unsigned mask = (unsigned)(1 << top); /* UB */
	printf("%d\n", mask != 0);
	return 0;
}
