/* One element before the array. */
#include <stdio.h>

static int before(const int *p) { return p[-1]; }

int main(void)
{
	int a[3] = {1, 2, 3};
	int last = a[0];
	for (int i = 0; i < 2; i++)
		last += a[i - 1]; /* UB */
	printf("%d\n", last + before(a + 1) == 1000);
	return 0;
}
