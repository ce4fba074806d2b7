/* A loop that counts down ends before the array. */
#include <stdio.h>

int main(void)
{
	int a[3] = {1, 2, 3};
	int sum = 0;
	for (int *p = a + 3; p > a;)
		sum += *--p;
	printf("%d\n", sum);
	return 0;
}
