/*
 * A path is put together in an array of the longest length that a path may
 * have; the check forgets the slash, and the null character is one too far.
 */
#include <stdio.h>
#include <string.h>

#define LONGEST 16

static int join(char *to, const char *folder, const char *name)
{
	size_t f = strlen(folder), n = strlen(name);
	if (f + n > LONGEST - 1)
		return -1;
	memcpy(to, folder, f);
	to[f] = '/';
	memcpy(to + f + 1, name, n);
	to[f + 1 + n] = '\0'; /* UB */
	return 0;
}

int main(void)
{
	char path[LONGEST];
	if (join(path, "/srv/ftp", "welcome") != 0)
		puts("too long");
	else
		printf("%c\n", path[0]);
	return 0;
}
