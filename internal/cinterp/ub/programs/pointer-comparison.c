/* Whether a pointer is in a buffer is asked with < of another object. */
#include <stdio.h>

static char pool[16];

static int inside(const char *p)
{
	return p >= pool && p < pool + sizeof pool; /* UB */
}

int main(void)
{
	char other = 'x';
	printf("%d\n", inside(&other) && other == 'y');
	return 0;
}
