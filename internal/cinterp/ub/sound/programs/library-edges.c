/* 7.24, 7.21: what is allowed at the edge: length 0, exact room, overlap with memmove, no terminator with a precision. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char exact[4], raw[3] = {'a', 'b', 'c'}, text[8] = "abcdef";
	strcpy(exact, "abc");
	memcpy(exact, text, 0);
	memmove(text + 1, text, 5);
	strncpy(raw, "xyzzy", sizeof raw);
	int n = snprintf(exact, sizeof exact, "%d", 123456);
	int m = snprintf(NULL, 0, "%s", text);
	printf("%s %s %.3s %d %d\n", exact, text, raw, n, m);
	char *grown = realloc(NULL, 4);
	if (grown == NULL)
		return 1;
	grown[3] = 'e';
	char *more = realloc(grown, 400);
	if (more == NULL) {
		free(grown);
		return 1;
	}
	printf("%c %d\n", more[3], memcmp(text, text, 3));
	free(more);
	return 0;
}
