/* refused: clang */
/* main returns nothing. */
#include <stdio.h>

void main(void) /* UB */
{
	puts("done");
}
