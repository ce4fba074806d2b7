/* 6.2.6.1p6: a structure is copied whole though its padding and one member have no value. */
#include <stdio.h>

struct gap { char c; long l; int unused; };

static struct gap make(void)
{
	struct gap g;
	g.c = 'a';
	g.l = 9;
	return g;
}

int main(void)
{
	struct gap a = make(), b;
	b = a;
	printf("%c %ld\n", b.c, b.l);
	return 0;
}
