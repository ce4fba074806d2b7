/* A function is declared static in a block. */
#include <stdio.h>

static int one(void);

int main(void)
{
	printf("%d\n", one());
	return 0;
}

static int one(void) { return 1; }
