/* A word that is read has no limit. */
#include <stdio.h>

int main(void)
{
	char word[4];
	if (sscanf("abcdef", "%3s", word) != 1)
		return 1;
	printf("%c\n", word[0]);
	return 0;
}
