/* 6.5p3, 6.5.16p3: reading a value to work out the new one is in order. */
#include <stdio.h>

int main(void)
{
	int i = 2, a[4] = {1, 2, 3, 0};
	int *p = a;
	i = i + 1;
	i = i * i - i;
	a[a[0]] = a[1] + 5;
	p = p + 1;
	p[0] = *p + p[1];
	i += i;
	i = (i < 100) ? i + 1 : i;
	struct node { struct node *next; int v; } x, y = {NULL, 3}, *n = &x;
	x.next = &y;
	n = n->next;
	n->v = n->v + 1;
	printf("%d %d %d\n", i, a[1], y.v);
	return 0;
}
