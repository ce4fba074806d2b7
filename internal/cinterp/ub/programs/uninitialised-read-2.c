/* An element that no loop reached is read. */
#include <stdio.h>

int main(void)
{
	int a[5];
	for (int i = 0; i < 4; i++)
		a[i] = i;
	int sum = 0;
	for (int i = 0; i < 5; i++)
		sum += a[i]; /* UB */
	printf("%d\n", sum > 100);
	return 0;
}
