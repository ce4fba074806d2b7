/*
 * A line for the log is made from what the client sent, and then used as a
 * format.
 */
#include <stdio.h>
#include <string.h>

static void note(const char *user, const char *command)
{
	char line[128];
	snprintf(line, sizeof line, "%s: %s", user, command);
	printf(line); /* UB */
	putchar('\n');
}

int main(void)
{
	note("guest", "list");
	note("guest", "exec %08x.%08x.%n");
	return 0;
}
