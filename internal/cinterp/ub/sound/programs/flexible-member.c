/* 6.7.2.1p18: a structure with a flexible array has as many elements as fit. */
#include <stdio.h>
#include <stdlib.h>

struct list { int count; int item[]; };

int main(void)
{
	struct list *l = malloc(sizeof *l + 3 * sizeof l->item[0]);
	if (l == NULL)
		return 1;
	l->count = 3;
	for (int i = 0; i < l->count; i++)
		l->item[i] = i * i;
	printf("%d\n", l->item[2]);
	free(l);
	return 0;
}
