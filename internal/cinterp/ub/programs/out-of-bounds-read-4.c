/* A flexible array member without any element is read. */
#include <stdio.h>
#include <stdlib.h>

struct list { int count; int item[]; };

int main(void)
{
	struct list *l = malloc(sizeof *l);
	if (l == NULL)
		return 1;
	l->count = 1;
	printf("first %d\n", l->item[0]); /* UB */
	free(l);
	return 0;
}
