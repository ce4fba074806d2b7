/* A precision means nothing for c. */
#include <stdio.h>

int main(void)
{
	printf("%c\n", 'x');
	return 0;
}
