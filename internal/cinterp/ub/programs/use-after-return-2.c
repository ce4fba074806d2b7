/* A parameter's address is kept. */
#include <stdio.h>

static int *kept;

static void keep(int n)
{
	kept = &n;
}

int main(void)
{
	keep(4);
	*kept = 5; /* UB */
	puts("done");
	return 0;
}
