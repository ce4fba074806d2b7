/* The caller goes on with a list that a function has read from. */
#include <stdarg.h>
#include <stdio.h>

static int take(va_list ap)
{
	return va_arg(ap, int);
}

static int sum(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	int s = take(ap);
	s += va_arg(ap, int); /* UB */
	va_end(ap);
	return s;
}

int main(void)
{
	printf("%d\n", sum(2, 3, 4) > 100);
	return 0;
}
