/* The list was never started. */
#include <stdarg.h>
#include <stdio.h>

static int first(int n, ...)
{
	va_list ap;
	return n > 0 ? va_arg(ap, int) : 0; /* UB */
}

int main(void)
{
	printf("%d\n", first(1, 7) == 100);
	return 0;
}
