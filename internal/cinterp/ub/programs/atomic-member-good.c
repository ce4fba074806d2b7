/* A member of an atomic structure is read by itself. */
#include <stdio.h>

struct pair { int a; int b; };

static _Atomic struct pair shared;

int main(void)
{
	struct pair p = {1, 2};
	shared = p;
	p = shared;
	int b = p.b;
	printf("%d\n", b);
	return 0;
}
