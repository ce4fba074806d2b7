/* A member that nobody set is copied with the others, and never used. */
#include <stdio.h>

struct point { int x, y, z; };

static void shift(struct point *to, const struct point *from)
{
	to->x = from->x + 1;
	to->y = from->y + 1;
	to->z = from->z;
}

int main(void)
{
	struct point p, q;
	p.x = 1;
	p.y = 2;
	p.z = 0;
	shift(&q, &p);
	printf("%d %d\n", q.x, q.y);
	return 0;
}
