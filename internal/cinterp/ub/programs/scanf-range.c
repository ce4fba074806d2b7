/* The number that is read is too large. */
#include <stdio.h>

int main(void)
{
	int n = 0;
	int got = sscanf("99999999999999999999", "%d", &n); /* UB */
	printf("%d\n", got);
	return 0;
}
