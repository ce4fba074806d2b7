/* 6.7.3p6 is about how the object was defined: const of a pointer may be cast away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set(const int *p) { *(int *)p = 4; }

int main(void)
{
	int n = 3;
	set(&n);
	const char *text = malloc(4);
	if (text == NULL)
		return 1;
	strcpy((char *)text, "abc");
	printf("%d %s\n", n, text);
	free((void *)text);
	return 0;
}
