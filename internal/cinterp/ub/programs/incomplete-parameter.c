/* refused: gcc clang */
/* A parameter's structure has no members yet. */
#include <stdio.h>

struct box;

int get(struct box b) /* UB */
{
	return 0;
}

int main(void)
{
	puts("done");
	return 0;
}
