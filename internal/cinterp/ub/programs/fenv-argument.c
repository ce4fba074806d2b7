/* A flag is asked for that does not exist. */
#include <fenv.h>
#include <stdio.h>

#pragma STDC FENV_ACCESS ON

int main(void)
{
	int which = 1 << 20;
	int r = feclearexcept(which); /* UB */
	printf("%d\n", r == 99);
	return 0;
}
