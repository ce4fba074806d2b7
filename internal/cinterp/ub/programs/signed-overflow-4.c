/* A counter goes past the last number. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	int turns = 0;
	for (int i = INT_MAX - 2; turns < 5; i++) /* UB */
		turns++;
	printf("%d\n", turns);
	return 0;
}
