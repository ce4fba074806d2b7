/* Source and destination overlap by one element. */
#include <stdio.h>

static void copy(int n, int *restrict to, const int *restrict from)
{
	while (n-- > 0)
		*to++ = *from++;
}

int main(void)
{
	int a[6] = {1, 2, 3, 4, 5, 6};
	copy(3, a + 3, a);
	printf("%d\n", a[3]);
	return 0;
}
