/* A record is moved by one place with an assignment. */
#include <stdio.h>
#include <string.h>

struct four { char s[4]; };

int main(void)
{
	static char room[8] = "abcdefg";
	struct four *from = (struct four *)room;
	struct four *to = (struct four *)(room + 1);
	memmove(to, from, sizeof *to);
	puts(room);
	return 0;
}
