/* Two units do not agree on a function's type. */
#include <stdio.h>

int half(int n); /* UB */

int main(void)
{
	printf("%d\n", half(8) > 100);
	return 0;
}
