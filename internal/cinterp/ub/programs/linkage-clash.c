/* refused: gcc clang */
/* One name is seen from outside and not. */
#include <stdio.h>

int state;
static int state; /* UB */

int main(void)
{
	printf("%d\n", state);
	return 0;
}
