/* The last named parameter is in a register. */
#include <stdarg.h>
#include <stdio.h>

static int first(register int n, ...)
{
	va_list ap;
	va_start(ap, n); /* UB */
	int v = va_arg(ap, int);
	va_end(ap);
	return v;
}

int main(void)
{
	printf("%d\n", first(1, 5) > 100);
	return 0;
}
