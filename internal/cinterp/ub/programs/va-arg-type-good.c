/* An int was passed, a double is taken. */
#include <stdarg.h>
#include <stdio.h>

static double total(int n, ...)
{
	va_list ap;
	double t = 0;
	va_start(ap, n);
	while (n-- > 0)
		t += va_arg(ap, double);
	va_end(ap);
	return t;
}

int main(void)
{
	printf("%d\n", total(2, 1.5, 2.0) > 100.0);
	return 0;
}
