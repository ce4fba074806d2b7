/* A number is taken for an address. */
#include <stdint.h>
#include <stdio.h>

static int value = 6;

int main(void)
{
	uintptr_t address = (uintptr_t)(void *)&value;
	int *p = (int *)(void *)address;
	printf("%d\n", *p);
	return 0;
}
