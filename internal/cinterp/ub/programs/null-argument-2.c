/* No string is printed. */
#include <stdio.h>

static const char *name(int n) { return n == 0 ? "zero" : NULL; }

int main(void)
{
	const char *s = name(1);
	printf("name %s.\n", s); /* UB */
	return 0;
}
