/* A table of this unit has no size yet. */
#include <stdio.h>

static int table[2];

static int table[2];

int main(void)
{
	printf("%d\n", table[1]);
	return 0;
}
