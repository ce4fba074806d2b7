/* A list of no parameters is const. */
#include <stdio.h>

static int one(void)
{
	return 1;
}

int main(void)
{
	printf("%d\n", one());
	return 0;
}
