// A prototype holds for calls behind a definition with a list of names, too
// (C17 6.2.7p4): the 1 is converted.
// want: clean
// out: 1 9
#include <stddef.h>
#include <stdio.h>

static size_t count(int *, const void *, size_t);

static size_t count(s, b, n)
	int *s;
	const void *b;
	size_t n;
{
	*s += b != NULL;
	return n;
}

int main(void)
{
	int s = 0;

	int n = (int)count(&s, &s, 9);

	printf("%d %d\n", s, n);
	return 0;
}
