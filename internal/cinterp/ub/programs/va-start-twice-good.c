/* The list is started again without an end. */
#include <stdarg.h>
#include <stdio.h>

static int twice(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	int v = va_arg(ap, int);
	va_end(ap);
	va_start(ap, n);
	v += va_arg(ap, int);
	va_end(ap);
	return v;
}

int main(void)
{
	printf("%d\n", twice(1, 5));
	return 0;
}
