/* The n conversion takes no width. */
#include <stdio.h>

int main(void)
{
	int n = 0;
	printf("abc%5n\n", &n); /* UB */
	printf("%d\n", n);
	return 0;
}
