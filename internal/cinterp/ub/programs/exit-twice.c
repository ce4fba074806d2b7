/* A function that exit calls calls exit. */
#include <stdio.h>
#include <stdlib.h>

static void last(void)
{
	puts("last");
	exit(0); /* UB */
}

int main(void)
{
	if (atexit(last) != 0)
		return 1;
	exit(0);
}
