/* refused: gcc clang */
/* An array is set to a number. */
#include <stdio.h>

int main(void)
{
	int a[2] = 3; /* UB */
	printf("%d\n", a[0]);
	return 0;
}
