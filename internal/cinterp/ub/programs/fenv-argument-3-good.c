/* A flag is set that was not saved. */
#include <fenv.h>
#include <stdio.h>

#pragma STDC FENV_ACCESS ON

int main(void)
{
	fexcept_t saved;
	if (fegetexceptflag(&saved, FE_INEXACT) != 0)
		return 0;
	int r = fesetexceptflag(&saved, FE_INEXACT);
	printf("%d\n", r == 99);
	return 0;
}
