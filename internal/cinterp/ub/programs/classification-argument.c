/* refused: gcc clang */
/* An integer is asked whether it is a number. */
#include <math.h>
#include <stdio.h>

int main(void)
{
	int n = 3;
	printf("%d\n", isnan(n)); /* UB */
	return 0;
}
