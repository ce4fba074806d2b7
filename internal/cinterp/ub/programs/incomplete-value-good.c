/* A structure is read before its members are known. */
#include <stdio.h>

struct box { int content; };
struct box *make(void);

int main(void)
{
	(void)*make();
	puts("done");
	return 0;
}

struct box *make(void)
{
	static struct box b;
	return &b;
}
