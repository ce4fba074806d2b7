/*
 * A greeting is printed into a local array that is long enough for every name
 * that anyone had thought of.
 */
#include <stdio.h>
#include <string.h>

static int greet(const char *name)
{
	char line[32];
	if (snprintf(line, sizeof line, "Welcome back, %s.", name) >= (int)sizeof line)
		return -1;
	return (int)strlen(line);
}

int main(void)
{
	printf("%d\n", greet("Ada"));
	printf("%d\n", greet("a name that goes on for longer than that"));
	return 0;
}
