// want: clean
// A pointer keeps its object when it is copied by bytes or made an integer.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
struct node { int value; struct node *next; };
int main(void)
{
	struct node a = {1, NULL}, b = {2, &a}, c;
	const unsigned char *from = (const unsigned char *)&b;
	unsigned char *to = (unsigned char *)&c;
	for (size_t i = 0; i < sizeof c; i++)
		to[i] = from[i];
	uintptr_t n = (uintptr_t)c.next;
	struct node *p = (struct node *)n, *q;
	memcpy(&q, &c.next, sizeof q);
	printf("%d %d %d\n", c.value, p->value, q->value);
	return 0;
}
// out: 2 1 1
