/* A freed block is given to realloc. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *p = malloc(4);
	if (p == NULL)
		return 1;
	char *q = realloc(p, 8);
	puts(q == NULL ? "no" : "yes");
	free(q == NULL ? p : q);
	return 0;
}
