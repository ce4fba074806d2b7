/* A list without a first element: its address is that of no element. */
#include <stdio.h>

struct node { int value; struct node *next; };

static const int *first(const struct node *list)
{
	return list ? &list->value : NULL;
}

int main(void)
{
	printf("%d\n", first(NULL) == NULL);
	return 0;
}
