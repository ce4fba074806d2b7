/* The text of an error belongs to the library. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char *text = strerror(EDOM);
	text[0] = 'X'; /* UB */
	puts("done");
	return 0;
}
