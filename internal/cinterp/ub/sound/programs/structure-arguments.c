/* 6.5.2.2p4: structures and unions go by value; the callee may change its own. */
#include <stdio.h>

struct pair { int a, b; };

static struct pair swap(struct pair p)
{
	int t = p.a;
	p.a = p.b;
	p.b = t;
	return p;
}

int main(void)
{
	struct pair x = {1, 2};
	x = swap(x);
	struct pair y = swap(swap(x)), *z = &y;
	y = *z;
	z->a = z->b;
	printf("%d %d %d\n", x.a, y.a, swap(y).b);
	return 0;
}
