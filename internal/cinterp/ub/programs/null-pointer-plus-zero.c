/* An empty list is walked from null to null. */
#include <stdio.h>

static int sum(const int *a, int n)
{
	int s = 0;
	const int *end = a + n; /* UB */
	while (a != end)
		s += *a++;
	return s;
}

int main(void)
{
	printf("%d\n", sum(NULL, 0));
	return 0;
}
