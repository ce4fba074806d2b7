/* refused: gcc clang */
/* The value of nothing is used. */
#include <stdio.h>

static void work(void) { }

int main(void)
{
	int r;
	r = work(); /* UB */
	printf("%d\n", r == 99);
	return 0;
}
