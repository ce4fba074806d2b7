/* The array inside a result ends with the full expression. */
#include <stdio.h>

struct text { char s[8]; };

static struct text make(void)
{
	struct text t = {"abc"};
	return t;
}

int main(void)
{
	char *p = make().s;
	printf("%c\n", p[1]); /* UB */
	return 0;
}
