/* quick_exit is called while quick_exit runs. */
#include <stdio.h>
#include <stdlib.h>

static void last(void)
{
	puts("last");
	fflush(stdout);
	quick_exit(1); /* UB */
}

int main(void)
{
	if (at_quick_exit(last) != 0)
		return 1;
	quick_exit(0);
}
