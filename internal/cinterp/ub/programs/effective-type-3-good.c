/* A long is changed as if it were a long long. */
#include <stdio.h>

static void reset(long long *p)
{
	*p = 0;
}

int main(void)
{
	long long count[4] = {5, 5, 5, 5};
	reset(count);
	printf("%d\n", count[3] == 5);
	return 0;
}
