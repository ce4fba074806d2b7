/* An int is printed as a string. */
#include <stdio.h>

int main(void)
{
	int code = 7;
	printf("code %s\n", code); /* UB */
	return 0;
}
