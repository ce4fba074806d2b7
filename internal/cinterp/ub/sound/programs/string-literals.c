/* 6.4.5p7: equal literals may be one; a literal is read, compared by its text, and ends an array exactly. */
#include <stdio.h>
#include <string.h>

static const char *names[] = {"one", "two"};

int main(void)
{
	char exact[3] = "abc";
	char own[] = "abc";
	own[0] = 'A';
	printf("%d %d %s %c\n", (int)sizeof own, strcmp(names[0], "one"), own, exact[2]);
	return 0;
}
