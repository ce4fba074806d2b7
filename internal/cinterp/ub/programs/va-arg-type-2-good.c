/* A list of pointers ends with 0, which is an int. */
#include <stdarg.h>
#include <stdio.h>

static int count(const char *first, ...)
{
	va_list ap;
	int n = 0;
	va_start(ap, first);
	for (const char *s = first; s != NULL; n++)
		s = va_arg(ap, char *);
	va_end(ap);
	return n;
}

int main(void)
{
	printf("%d\n", count("a", "b", (char *)NULL) > 0);
	return 0;
}
