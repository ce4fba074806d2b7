/* More is copied than there is. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char from[4] = {'a', 'b', 'c', 'd'};
	char to[8] = {0};
	size_t n = sizeof to;
	memcpy(to, from, n); /* UB */
	printf("%c\n", to[3]);
	return 0;
}
