/* The first call has nothing to go on with. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char text[] = "a b";
	char *p = strtok(text, " ");
	printf("%d\n", p == text);
	return 0;
}
