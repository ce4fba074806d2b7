/* Two units do not agree on an object's type. */
#include <stdio.h>

extern long shared; /* UB */

int main(void)
{
	printf("%d\n", shared == 77);
	return 0;
}
