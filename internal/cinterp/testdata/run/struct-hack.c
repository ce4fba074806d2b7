// want: clean
// Memory for a structure and more, in the way of before C99.
#include <stdio.h>
#include <stdlib.h>
struct line { int length; char text[4]; };
int main(void)
{
	struct line *l = malloc(sizeof *l + 9);
	if (l == NULL)
		return 1;
	for (int i = 0; i < 12; i++)
		l->text[i] = (char)('a' + i);
	l->text[12] = 0;
	printf("%s\n", l->text);
	free(l);
	return 0;
}
// out: abcdefghijkl
