/* What a stranger wrote is used as the format. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char name[32];
	strcpy(name, "user%x%x");
	printf(name); /* UB */
	putchar('\n');
	return 0;
}
