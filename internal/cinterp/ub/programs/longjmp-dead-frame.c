/* The function that called setjmp has returned. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf env;

static int mark(void)
{
	if (setjmp(env) != 0)
		return 1;
	return 0;
}

int main(void)
{
	if (mark() == 0)
		longjmp(env, 1); /* UB */
	puts("back");
	return 0;
}
