/* An environment that nobody saved is set. */
#include <fenv.h>
#include <stdio.h>

#pragma STDC FENV_ACCESS ON

int main(void)
{
	static fenv_t env;
	int r = fesetenv(&env); /* UB */
	printf("%d\n", r == 99);
	return 0;
}
