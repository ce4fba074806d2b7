/* A const object is set by a library function. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	const char key[4] = "abc";
	memset((char *)key, 0, sizeof key); /* UB */
	puts("cleared");
	return 0;
}
