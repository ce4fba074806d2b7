/* Two units do not agree on a function's type. */
#include <stdio.h>

double half(double n);

int main(void)
{
	printf("%d\n", half(8) > 100);
	return 0;
}
