/* 7.13.2.1p3: volatile locals, and those not changed since setjmp, keep their values. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf env;

static void deep(int n)
{
	if (n == 0)
		longjmp(env, 7);
	deep(n - 1);
}

int main(void)
{
	volatile int tries = 0;
	int fixed = 5;
	switch (setjmp(env)) {
	case 0:
		tries++;
		deep(3);
		break;
	default:
		if (tries < 3) {
			tries++;
			deep(1);
		}
	}
	printf("%d %d\n", tries, fixed);
	return 0;
}
