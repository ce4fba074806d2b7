/* refused: gcc clang */
/* A local array has no size. */
#include <stdio.h>

int main(void)
{
	int list[]; /* UB */
	puts(sizeof(int) > 0 ? "done" : "");
	return 0;
}
