/* A freed block is given to realloc. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *p = malloc(4);
	if (p == NULL)
		return 1;
	free(p);
	char *q = realloc(p, 8); /* UB */
	puts(q == NULL ? "no" : "yes");
	return 0;
}
