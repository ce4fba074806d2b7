/* One name is seen from outside and not. */
#include <stdio.h>

static int state;

int main(void)
{
	printf("%d\n", state);
	return 0;
}
