/* A text is put together from itself. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char text[32] = "abc";
	sprintf(text + strlen(text), "-%d", 4);
	printf("%c\n", text[0]);
	return 0;
}
