/* A parameter's address is kept. */
#include <stdio.h>

static int *kept;
static int copy;

static void keep(int n)
{
	copy = n;
	kept = &copy;
}

int main(void)
{
	keep(4);
	*kept = 5;
	puts("done");
	return 0;
}
