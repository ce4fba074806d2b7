/* What was allocated is forgotten. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t measure(const char *s)
{
	char *copy = malloc(strlen(s) + 1);
	if (copy == NULL)
		return 0;
	strcpy(copy, s);
	size_t n = strlen(copy);
	free(copy);
	return n;
}

int main(void)
{
	printf("%d\n", measure("abc") == 3);
	return 0;
}
