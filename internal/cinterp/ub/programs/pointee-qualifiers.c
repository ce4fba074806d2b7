/* Two units do not agree on what a pointer points to. */
#include <stdio.h>

extern const char *greeting; /* UB */

int main(void)
{
	puts(greeting != NULL ? "hello" : "");
	return 0;
}
