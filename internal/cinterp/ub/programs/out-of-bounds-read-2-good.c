/* The length that came with a request is believed. */
#include <stdio.h>
#include <stdlib.h>

static int last(const unsigned char *text, unsigned length)
{
	return text[length - 1];
}

int main(void)
{
	unsigned char *text = malloc(6);
	if (text == NULL)
		return 1;
	for (int i = 0; i < 6; i++)
		text[i] = (unsigned char)('a' + i);
	printf("last %d\n", last(text, 6));
	free(text);
	return 0;
}
