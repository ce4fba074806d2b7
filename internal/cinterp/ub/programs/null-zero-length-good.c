/* Nothing is copied from nowhere. */
#include <stdio.h>
#include <string.h>

static void copy(char *to, const char *from, size_t n)
{
	if (n > 0)
		memcpy(to, from, n);
}

int main(void)
{
	char room[4] = "abc";
	copy(room, NULL, 0);
	puts(room);
	return 0;
}
