/* main takes what it cannot be given. */
#include <stdio.h>

int main(int count) /* UB */
{
	printf("%d\n", count > 1000);
	return 0;
}
