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
	struct text t = make();
	t.s[0] = 'x';
	puts("done");
	return 0;
}
