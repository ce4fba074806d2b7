/* Two units do not agree on the members of a structure. */
#include <stdio.h>

struct point { int x; int y; };

extern struct point origin;

int main(void)
{
	printf("%d\n", origin.x);
	return 0;
}
