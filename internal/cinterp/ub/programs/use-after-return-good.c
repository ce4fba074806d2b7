/* A local object's address is returned through a structure. */
#include <stdio.h>

struct box { int *content; };

static void fill(struct box *b)
{
	static int local = 3;
	b->content = &local;
}

int main(void)
{
	struct box b;
	fill(&b);
	printf("%d\n", *b.content);
	return 0;
}
