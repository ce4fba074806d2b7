/* A plain char can be negative. */
#include <ctype.h>
#include <stdio.h>

int main(void)
{
	const signed char text[] = {'a', -28, 0};
	int letters = 0;
	for (int i = 0; text[i] != 0; i++)
		letters += isalpha((unsigned char)text[i]) != 0;
	printf("%d\n", letters > 0);
	return 0;
}
