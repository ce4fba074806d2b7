/* refused: gcc clang */
/* A structure is set to a number. */
#include <stdio.h>

struct box { int content; };

int main(void)
{
	struct box b = 3; /* UB */
	printf("%d\n", b.content);
	return 0;
}
