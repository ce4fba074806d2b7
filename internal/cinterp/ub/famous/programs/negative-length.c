/*
 * A length is checked as a signed number and used as an unsigned one: minus
 * one is small for the check, and large for the library.
 */
#include <stdio.h>
#include <string.h>

#define ROOM 64

static int blank(char *to, int length)
{
	if (length > ROOM)
		return -1;
	memset(to, ' ', (size_t)length); /* UB */
	return length;
}

int main(void)
{
	char room[ROOM];
	printf("%d\n", blank(room, 10));
	printf("%d\n", blank(room, -1));
	return 0;
}
