/* The list was never started. */
#include <stdarg.h>
#include <stdio.h>

static int first(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	int v = n > 0 ? va_arg(ap, int) : 0;
	va_end(ap);
	return v;
}

int main(void)
{
	printf("%d\n", first(1, 7) == 100);
	return 0;
}
