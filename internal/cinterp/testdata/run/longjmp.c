// want: clean
#include <setjmp.h>
#include <stdio.h>
static jmp_buf env;
static void deep(int n) { int a[4] = {n}; if (n == 0) longjmp(env, a[0] + 5); deep(n - 1); }
int main(void)
{
	switch (setjmp(env)) {
	case 0:
		deep(10);
		break;
	case 5:
		printf("5\n");
		break;
	}
	return 0;
}
// out: 5
