/* Two blocks are compared over the length of the longer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char *a = calloc(4, 1), *b = calloc(8, 1);
	if (a == NULL || b == NULL)
		return 1;
	int same = memcmp(a, b, 8) == 0; /* UB */
	printf("%d\n", same);
	free(a);
	free(b);
	return 0;
}
