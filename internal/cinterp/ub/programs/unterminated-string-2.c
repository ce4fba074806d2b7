/* An array of characters is printed as a string. */
#include <stdio.h>

int main(void)
{
	char code[3] = {'a', 'b', 'c'};
	printf("%s\n", code); /* UB */
	return 0;
}
