/* A function is called const. */
#include <stdio.h>

typedef int handler(void);

static int one(void) { return 1; }

static handler *const current = one;

int main(void)
{
	printf("%d\n", current());
	return 0;
}
