/* 6.5.13p4, 6.5.14p4, 6.5.15p4, 6.5.2.2p10: &&, ||, ?: and calls order what is around them. */
#include <stdio.h>

static int bump(int *p) { return ++*p; }

int main(void)
{
	int i = 0;
	int a = i++ == 0 && i++ == 1;
	int b = i-- == 5 || i-- == 1;
	int c = i++ ? i-- : i++;
	int d = bump(&i) + bump(&i) > 0;
	i = (i++, i + 1);
	int e = (i = 3, i);
	printf("%d %d %d %d %d %d\n", a, b, c, d, e, i);
	return 0;
}
