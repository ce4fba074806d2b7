/* An integer is asked whether it is a number. */
#include <math.h>
#include <stdio.h>

int main(void)
{
	double n = 3;
	printf("%d\n", isnan(n) != 0);
	return 0;
}
