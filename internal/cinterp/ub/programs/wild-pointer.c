/* A number is taken for an address. */
#include <stdint.h>
#include <stdio.h>

static int value = 6;

int main(void)
{
	uintptr_t address = 4096;
	int *p = (int *)(void *)address;
	printf("%d\n", *p); /* UB */
	return 0;
}
