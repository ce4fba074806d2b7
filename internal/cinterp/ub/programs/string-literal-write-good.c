/* A literal is changed in place. */
#include <stdio.h>

static void capital(char *s)
{
	s[0] = 'H';
}

int main(void)
{
	char text[] = "hello";
	capital(text);
	puts(text);
	return 0;
}
