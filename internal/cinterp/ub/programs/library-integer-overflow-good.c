/* The smallest number has no magnitude. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int n = INT_MIN;
	int m = n == INT_MIN ? INT_MAX : abs(n);
	printf("%d\n", m != 0);
	return 0;
}
