/* A function that takes two is called as one that takes one and more. */
#include <stdarg.h>
#include <stdio.h>

static int add(int a, ...)
{
	va_list more;
	va_start(more, a);
	int b = va_arg(more, int);
	va_end(more);
	return a + b;
}

int main(void)
{
	int (*f)(int, ...) = add;
	printf("%d\n", f(1, 2));
	return 0;
}
