/* Two bytes were allocated, and more are read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	size_t size = sizeof(unsigned);
	unsigned *p = malloc(size);
	if (p == NULL)
		return 1;
	memset(p, 1, size);
	unsigned value = *p;
	printf("%d\n", value != 0);
	free(p);
	return 0;
}
