/* refused: link */
/* Two units define one object. */
#include <stdio.h>

int counter = 1; /* UB */

int main(void)
{
	printf("%d\n", counter);
	return 0;
}
