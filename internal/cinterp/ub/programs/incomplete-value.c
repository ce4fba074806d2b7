/* refused: gcc clang */
/* A structure is read before its members are known. */
#include <stdio.h>

struct box;
struct box *make(void);

int main(void)
{
	(void)*make(); /* UB */
	puts("done");
	return 0;
}

struct box { int content; };

struct box *make(void)
{
	static struct box b;
	return &b;
}
