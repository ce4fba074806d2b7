/* One element before the array. */
#include <stdio.h>

static int before(const int *p) { return p[-1]; }

int main(void)
{
	int a[3] = {1, 2, 3};
	int last = before(a + 1);
	for (int i = 0; i < 2; i++)
		last += a[i];
	printf("%d\n", last == 1000);
	return 0;
}
