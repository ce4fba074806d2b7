// want: clean
#include <stddef.h>
#include <stdio.h>
struct link { struct link *next; };
struct item { int number; struct link link; };
int main(void)
{
	struct item it = {7, {NULL}};
	struct link *l = &it.link;
	struct item *back = (struct item *)((char *)l - offsetof(struct item, link));
	printf("%d\n", back->number);
	return 0;
}
// out: 7
