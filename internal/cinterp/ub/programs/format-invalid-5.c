/* A precision means nothing for c. */
#include <stdio.h>

int main(void)
{
	printf("%.3c\n", 'x'); /* UB */
	return 0;
}
