/* The only pointer to a block is set anew. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *p = malloc(4);
	if (p == NULL)
		return 1;
	free(p);
	p = malloc(8);
	puts(p == NULL ? "" : "done");
	free(p);
	return 0;
}
