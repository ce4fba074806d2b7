/* The text of an error belongs to the library. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char text[128];
	strncpy(text, strerror(EDOM), sizeof text - 1);
	text[0] = 'X';
	puts("done");
	return 0;
}
