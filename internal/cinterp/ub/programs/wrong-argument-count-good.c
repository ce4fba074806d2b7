/* Without a prototype in sight, an argument is left out. */
#include <stdio.h>

static int add();

int main(void)
{
	printf("%d\n", add(1, 2) > 100);
	return 0;
}

static int add(a, b)
int a, b;
{
	return a + b;
}
