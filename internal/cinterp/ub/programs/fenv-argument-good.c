/* A flag is asked for that does not exist. */
#include <fenv.h>
#include <stdio.h>

#pragma STDC FENV_ACCESS ON

int main(void)
{
	int which = FE_ALL_EXCEPT;
	int r = feclearexcept(which);
	printf("%d\n", r == 99);
	return 0;
}
