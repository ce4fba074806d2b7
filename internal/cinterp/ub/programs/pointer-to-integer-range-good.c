/* An address is kept in a type that is too narrow for it. */
#include <stdint.h>
#include <stdio.h>

static int value;

int main(void)
{
	int *p = &value;
	unsigned char tag = (unsigned char)(uintptr_t)(void *)p;
	printf("%d\n", tag <= 255);
	return 0;
}
