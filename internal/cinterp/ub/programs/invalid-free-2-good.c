/* A string literal is grown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char *name = malloc(4);
	if (name == NULL)
		return 1;
	strcpy(name, "abc");
	char *longer = realloc(name, strlen(name) + 2);
	puts(longer == NULL ? "no" : "yes");
	free(longer == NULL ? name : longer);
	return 0;
}
