/* The list is used after its end. */
#include <stdarg.h>
#include <stdio.h>

static int second(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	int v = va_arg(ap, int);
	v = va_arg(ap, int);
	va_end(ap);
	return v;
}

int main(void)
{
	printf("%d\n", second(2, 7, 8) == 100);
	return 0;
}
