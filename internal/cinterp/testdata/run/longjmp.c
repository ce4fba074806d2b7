// want: clean
#include <setjmp.h>
#include <stdio.h>
static jmp_buf env;
static void deep(int n) { int a[4] = {n}; if (n == 0) longjmp(env, a[0] + 5); deep(n - 1); }
int main(void)
{
	int r = setjmp(env);
	if (r == 0)
		deep(10);
	printf("%d\n", r);
	return 0;
}
// out: 5
