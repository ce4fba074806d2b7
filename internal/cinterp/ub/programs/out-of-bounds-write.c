/* The terminating null character has no room. */
#include <stdio.h>
#include <string.h>

static void copy(char *to, const char *from)
{
	size_t n = strlen(from);
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
	to[n] = '\0'; /* UB */
}

int main(void)
{
	char name[5];
	copy(name, "steve");
	printf("%c\n", name[0]);
	return 0;
}
