/* The name of the locale belongs to the library. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char *name = setlocale(LC_ALL, NULL);
	if (name == NULL)
		return 1;
	name[0] = 'D'; /* UB */
	puts("done");
	return 0;
}
