/* 6.5p7: the signed and unsigned versions of a type may alias, and so may qualifiers. */
#include <stdio.h>

int main(void)
{
	int n = 7;
	unsigned *u = (unsigned *)&n;
	*u += 1;
	const volatile int *v = &n;
	long l = 3;
	printf("%d %lu\n", *v, *(unsigned long *)&l);
	return 0;
}
