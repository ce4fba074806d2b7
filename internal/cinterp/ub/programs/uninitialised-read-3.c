/* A function that failed did not set what it points to. */
#include <stdio.h>

static int parse(const char *s, int *to)
{
	if (*s < '0' || *s > '9')
		return -1;
	*to = *s - '0';
	return 0;
}

int main(void)
{
	int n;
	parse("x", &n);
	printf("%d\n", n > 5); /* UB */
	return 0;
}
