/* Whether a pointer is in a buffer is asked with < of another object. */
#include <stdio.h>

static char pool[16];

static int inside(const char *p)
{
	for (size_t i = 0; i < sizeof pool; i++)
		if (p == pool + i)
			return 1;
	return 0;
}

int main(void)
{
	char other = 'x';
	printf("%d\n", inside(&other) && other == 'y');
	return 0;
}
