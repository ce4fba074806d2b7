/* A compound assignment reads what its right side changes. */
#include <stdio.h>

int main(void)
{
	int n = 4;
	n += n;
	n--;
	printf("%d\n", n > 0);
	return 0;
}
