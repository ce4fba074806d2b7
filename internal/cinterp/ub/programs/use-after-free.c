/* A node is read after it was freed. */
#include <stdio.h>
#include <stdlib.h>

struct node { int value; struct node *next; };

int main(void)
{
	struct node *n = malloc(sizeof *n);
	if (n == NULL)
		return 1;
	n->value = 4;
	n->next = NULL;
	free(n);
	printf("%d\n", n->value); /* UB */
	return 0;
}
