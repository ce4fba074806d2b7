/* An int is printed as a string. */
#include <stdio.h>

int main(void)
{
	int code = 7;
	printf("code %d\n", code);
	return 0;
}
