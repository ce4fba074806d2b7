/* 6.5p7, 7.19p3: from a member back to its structure, by bytes of the whole object. */
#include <stddef.h>
#include <stdio.h>

struct link { struct link *next; };
struct item { int value; struct link link; };

int main(void)
{
	struct item a = {1, {NULL}}, b = {2, {&a.link}};
	int sum = 0;
	for (struct link *l = &b.link; l != NULL; l = l->next) {
		struct item *i = (struct item *)(void *)((char *)l - offsetof(struct item, link));
		sum += i->value;
	}
	printf("%d\n", sum);
	return 0;
}
