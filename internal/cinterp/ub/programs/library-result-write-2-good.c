/* The structure of localeconv belongs to the library. */
#include <locale.h>
#include <stdio.h>

int main(void)
{
	struct lconv *l = localeconv();
	const char *point = l->decimal_point;
	(void)point;
	puts("done");
	return 0;
}
