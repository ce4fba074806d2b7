/* The count says more than there is. */
#include <stdarg.h>
#include <stdio.h>

static int sum(int n, ...)
{
	va_list ap;
	int s = 0;
	va_start(ap, n);
	while (n-- > 0)
		s += va_arg(ap, int); /* UB */
	va_end(ap);
	return s;
}

int main(void)
{
	printf("%d\n", sum(3, 10, 20) == 7);
	return 0;
}
