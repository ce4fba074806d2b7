/* An empty list is walked from null to null. */
#include <stdio.h>

static int sum(const int *a, int n)
{
	int s = 0;
	const int *end = n == 0 ? a : a + n;
	while (a != end)
		s += *a++;
	return s;
}

int main(void)
{
	printf("%d\n", sum(NULL, 0));
	return 0;
}
