/* The structure of localeconv belongs to the library. */
#include <locale.h>
#include <stdio.h>

int main(void)
{
	struct lconv *l = localeconv();
	l->decimal_point = ","; /* UB */
	puts("done");
	return 0;
}
