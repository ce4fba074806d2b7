/* The list is started and never ended. */
#include <stdarg.h>
#include <stdio.h>

static int first(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	int v = va_arg(ap, int);
	return v; /* UB */
}

int main(void)
{
	printf("%d\n", first(1, 5));
	return 0;
}
