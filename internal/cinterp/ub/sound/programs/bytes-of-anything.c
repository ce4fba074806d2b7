/* 6.5p7: a character type may look at every object; 6.2.6.1p4: bytes can be copied. */
#include <stdio.h>
#include <string.h>

struct mixed { char c; long l; short s; };

int main(void)
{
	struct mixed a, b;
	memset(&a, 0, sizeof a);
	a.c = 'x';
	a.l = 77;
	a.s = 5;
	const unsigned char *from = (const unsigned char *)&a;
	unsigned char *to = (unsigned char *)&b;
	for (size_t i = 0; i < sizeof a; i++)
		to[i] = from[i];
	printf("%c %ld %d %d\n", b.c, b.l, b.s, memcmp(&a, &b, sizeof a));
	return 0;
}
