/* The name of the locale belongs to the library. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char *name = setlocale(LC_ALL, NULL);
	if (name == NULL)
		return 1;
	char copy[64];
	strncpy(copy, name, sizeof copy - 1);
	copy[0] = 'D';
	puts("done");
	return 0;
}
