/* 6.7.2.1p15: a structure and its first member have one address, there and back. */
#include <stdio.h>

struct base { int id; };
struct derived { struct base base; int extra; };

static int extra(struct base *b) { return ((struct derived *)b)->extra; }

int main(void)
{
	struct derived d = {{1}, 42};
	struct base *b = &d.base;
	printf("%d %d\n", extra(b), ((struct base *)&d)->id);
	return 0;
}
