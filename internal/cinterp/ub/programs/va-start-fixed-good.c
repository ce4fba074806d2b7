/* A function without an ellipsis looks for more arguments. */
#include <stdarg.h>
#include <stdio.h>

static int first(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	va_end(ap);
	return n;
}

int main(void)
{
	printf("%d\n", first(1));
	return 0;
}
