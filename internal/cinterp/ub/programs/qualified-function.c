/* A function is called const. */
#include <stdio.h>

typedef int handler(void);

static int one(void) { return 1; }

static const handler *current = one; /* UB */

int main(void)
{
	printf("%d\n", current());
	return 0;
}
