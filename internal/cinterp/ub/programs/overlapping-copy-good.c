/* A text is moved to the right inside its array. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char text[16] = "abcdef";
	memmove(text + 2, text, 6);
	printf("%c\n", text[0]);
	return 0;
}
