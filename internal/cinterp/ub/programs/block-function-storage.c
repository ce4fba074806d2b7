/* refused: gcc clang */
/* A function is declared static in a block. */
#include <stdio.h>

int main(void)
{
	static int one(void); /* UB */
	return 0;
}

static int one(void) { return 1; }
