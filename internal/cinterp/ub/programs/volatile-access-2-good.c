/* A register of a device is cleared as plain characters. */
#include <stdio.h>

static volatile int ready = 1;

static void clear(volatile void *at, int size)
{
	volatile char *c = at;
	for (int i = 0; i < size; i++)
		c[i] = 0;
}

int main(void)
{
	clear(&ready, sizeof ready);
	printf("%d\n", ready);
	return 0;
}
