/* A function that promised not to return does. */
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *why)
{
	puts(why);
	exit(0);
}

int main(void)
{
	fail("no reason");
}
