/* A counter that was changed after setjmp is not volatile. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf env;

int main(void)
{
	volatile int tries = 0;
	if (setjmp(env) == 0) {
		tries = 1;
		longjmp(env, 1);
	}
	printf("%d\n", tries > 5);
	return 0;
}
