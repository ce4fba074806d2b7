/* 7.16: a copied list, a list given on by address, signed for unsigned in range, void * for char *. */
#include <stdarg.h>
#include <stdio.h>

static int take(va_list *ap) { return va_arg(*ap, int); }

static int sum(int n, ...)
{
	va_list ap, again;
	va_start(ap, n);
	va_copy(again, ap);
	int s = take(&ap) + take(&ap);
	s += (int)va_arg(ap, unsigned);
	const char *c = va_arg(ap, void *);
	s += c[0] == 'x';
	va_end(ap);
	s += va_arg(again, int);
	va_end(again);
	va_start(ap, n);
	s += va_arg(ap, int);
	va_end(ap);
	return s;
}

int main(void)
{
	printf("%d\n", sum(4, 1, 2, 3, "x"));
	return 0;
}
