/* An array of characters is printed as a string. */
#include <stdio.h>

int main(void)
{
	char code[3] = {'a', 'b', 'c'};
	printf("%.3s\n", code);
	return 0;
}
