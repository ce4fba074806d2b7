/* One way through the function sets no value. */
#include <stdio.h>

static int sign(int n)
{
	int s = 0;
	if (n > 0)
		s = 1;
	else if (n < 0)
		s = -1;
	return s;
}

int main(void)
{
	printf("%d\n", sign(0) == 1);
	return 0;
}
