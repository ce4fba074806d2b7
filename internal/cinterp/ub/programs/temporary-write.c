/* A result of a function has no place to keep a change. */
#include <stdio.h>

struct text { char s[4]; };

static struct text make(void)
{
	struct text t = {"abc"};
	return t;
}

int main(void)
{
	make().s[0] = 'x'; /* UB */
	puts("done");
	return 0;
}
