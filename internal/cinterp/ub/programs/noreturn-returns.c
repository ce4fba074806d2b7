/* A function that promised not to return does. */
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *why)
{
	puts(why);
} /* UB */

int main(void)
{
	fail("no reason");
}
