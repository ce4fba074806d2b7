/* refused: clang */
/* An array in registers has no first element to point to. */
#include <stdio.h>

int main(void)
{
	register int a[2] = {1, 2};
	printf("%d\n", a[1]); /* UB */
	return 0;
}
