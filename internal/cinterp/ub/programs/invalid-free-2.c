/* A string literal is grown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char *name = "abc";
	char *longer = realloc(name, strlen(name) + 2); /* UB */
	puts(longer == NULL ? "no" : "yes");
	return 0;
}
