/* Two units do not agree on what a pointer points to. */
#include <stdio.h>

extern char *greeting;

int main(void)
{
	puts(greeting != NULL ? "hello" : "");
	return 0;
}
