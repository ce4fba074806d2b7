/* The last named parameter changes its type when it is passed. */
#include <stdarg.h>
#include <stdio.h>

static int first(int tag, ...)
{
	va_list ap;
	va_start(ap, tag);
	int v = va_arg(ap, int);
	va_end(ap);
	return v;
}

int main(void)
{
	printf("%d\n", first('x', 5) > 100);
	return 0;
}
