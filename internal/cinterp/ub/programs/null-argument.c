/* The length of no string. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	const char *value = getenv("A_NAME_THAT_NOBODY_HAS_SET");
	size_t n = strlen(value); /* UB */
	printf("%d\n", n == 1000);
	return 0;
}
