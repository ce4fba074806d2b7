/* A number has two pairs of braces. */
#include <stdio.h>

int main(void)
{
	int n = {{3}}; /* UB */
	printf("%d\n", n);
	return 0;
}
