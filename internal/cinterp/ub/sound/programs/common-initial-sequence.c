/* 6.5.2.3p6: structures in a union share their first members. */
#include <stdio.h>

struct head { int kind; };
struct circle { int kind; int radius; };
struct square { int kind; int side; };
union shape { struct head h; struct circle c; struct square s; };

int main(void)
{
	union shape u;
	u.c = (struct circle){1, 10};
	int kind = u.h.kind;
	u.s.side = 4;
	u.s.kind = 2;
	printf("%d %d %d\n", kind, u.h.kind, u.s.side);
	return 0;
}
