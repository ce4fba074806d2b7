/* A flexible array member without any element is read. */
#include <stdio.h>
#include <stdlib.h>

struct list { int count; int item[]; };

int main(void)
{
	struct list *l = malloc(sizeof *l + sizeof(int));
	if (l == NULL)
		return 1;
	l->count = 1;
	l->item[0] = 5;
	printf("first %d\n", l->item[0]);
	free(l);
	return 0;
}
