/* An element of an array is changed on both sides of a plus. */
#include <stdio.h>

int main(void)
{
	int a[2] = {1, 2};
	int i = 0, j = 0;
	int s = a[i]++ + a[j]++; /* UB */
	printf("%d\n", s > 0);
	return 0;
}
