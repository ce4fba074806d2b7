/* The smallest number has no magnitude. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int n = INT_MIN;
	int m = abs(n); /* UB */
	printf("%d\n", m != 0);
	return 0;
}
