/* The arguments are printed twice from one list. */
#include <stdarg.h>
#include <stdio.h>

static void twice(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	va_list again;
	va_copy(again, ap);
	vprintf(format, ap);
	vprintf(format, again);
	va_end(again);
	va_end(ap);
}

int main(void)
{
	twice("%d\n", 4);
	return 0;
}
