// want: clean
#include <setjmp.h>
#include <stdio.h>
static jmp_buf env;
static int back;
static void deep(int n) { int a[4] = {n}; if (n == 0) { back = a[0] + 5; longjmp(env, 1); } deep(n - 1); }
int main(void)
{
	if (setjmp(env) == 0)
		deep(10);
	printf("%d\n", back);
	return 0;
}
// out: 5
