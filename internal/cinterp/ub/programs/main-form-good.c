/* main takes what it cannot be given. */
#include <stdio.h>

int main(int count, char **words)
{
	printf("%d\n", count > 1000 && words != NULL);
	return 0;
}
