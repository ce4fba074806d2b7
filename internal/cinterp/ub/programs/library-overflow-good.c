/* A string is copied to an array that is too small. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	const char *text = "a longer text";
	char room[16];
	strcpy(room, text);
	printf("%c\n", room[0]);
	return 0;
}
