/* A comparison of strings is called as one of untyped pointers. */
#include <stdio.h>
#include <string.h>

static int same(int (*f)(const void *, const void *), const void *a, const void *b)
{
	return f(a, b) == 0; /* UB */
}

int main(void)
{
	printf("%d\n", same((int (*)(const void *, const void *))strcmp, "a", "a"));
	return 0;
}
