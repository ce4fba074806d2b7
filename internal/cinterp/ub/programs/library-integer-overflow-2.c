/* atoi cannot say that a number is too large. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	const char *text = "99999999999999999999";
	int n = atoi(text); /* UB */
	printf("%d\n", n == 12345);
	return 0;
}
