/* A comparison of strings is called as one of untyped pointers. */
#include <stdio.h>
#include <string.h>

static int compare(const void *a, const void *b) { return strcmp(a, b); }

static int same(int (*f)(const void *, const void *), const void *a, const void *b)
{
	return f(a, b) == 0;
}

int main(void)
{
	printf("%d\n", same(compare, "a", "a"));
	return 0;
}
