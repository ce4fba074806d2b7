/* Two units define one object. */
#include <stdio.h>

extern int counter;

int main(void)
{
	printf("%d\n", counter);
	return 0;
}
