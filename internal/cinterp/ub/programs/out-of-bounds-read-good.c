/* The loop goes one element too far. */
#include <stdio.h>

int main(void)
{
	int scores[4] = {7, 8, 9, 10};
	int sum = 0;
	for (int i = 0; i < 4; i++)
		sum += scores[i];
	printf("sum %d\n", sum);
	return 0;
}
