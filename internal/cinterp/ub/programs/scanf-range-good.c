/* The number that is read is too large. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *end;
	strtol("99999999999999999999", &end, 10);
	printf("%d\n", *end == 0);
	return 0;
}
