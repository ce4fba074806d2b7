/* A pointer's value is copied after its object was freed. */
#include <stdio.h>
#include <stdlib.h>

static int *last;

int main(void)
{
	int *p = malloc(sizeof *p);
	if (p == NULL)
		return 1;
	free(p);
	last = p; /* UB */
	puts("done");
	return 0;
}
