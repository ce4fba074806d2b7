/* A parameter's structure has no members yet. */
#include <stdio.h>

struct box { int content; };

int get(struct box b)
{
	(void)b;
	return 0;
}

int main(void)
{
	puts("done");
	return 0;
}
