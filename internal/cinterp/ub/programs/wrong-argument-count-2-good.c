/* A function without parameters is given one. */
#include <stdio.h>

static int answer()
{
	return 42;
}

int main(void)
{
	printf("%d\n", answer());
	return 0;
}
