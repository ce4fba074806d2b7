/* No setjmp has filled the environment. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf env;

int main(void)
{
	longjmp(env, 1); /* UB */
}
