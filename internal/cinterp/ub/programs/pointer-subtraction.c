/* The distance between two arrays is no number. */
#include <stddef.h>
#include <stdio.h>

int main(void)
{
	int a[4] = {0}, b[4] = {0};
	int *p = &a[3];
	int *q = &b[0];
	ptrdiff_t d = p - q; /* UB */
	printf("%d\n", d == 3 || b[0] == 0);
	return 0;
}
