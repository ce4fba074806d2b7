/* A list is freed by reading the next pointer of what was freed. */
#include <stdio.h>
#include <stdlib.h>

struct node { struct node *next; };

int main(void)
{
	struct node *head = NULL;
	for (int i = 0; i < 3; i++) {
		struct node *n = malloc(sizeof *n);
		if (n == NULL)
			return 1;
		n->next = head;
		head = n;
	}
	struct node *next;
	for (struct node *n = head; n != NULL; n = next) {
		next = n->next;
		free(n);
	}
	puts("freed");
	return 0;
}
