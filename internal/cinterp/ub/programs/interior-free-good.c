/* The pointer that walked over the text is freed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char *text = malloc(8);
	if (text == NULL)
		return 1;
	strcpy(text, "  abc");
	char *p = text;
	while (*p == ' ')
		p++;
	puts(p);
	free(text);
	return 0;
}
