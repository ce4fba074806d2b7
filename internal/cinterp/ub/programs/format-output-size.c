/* More is asked for than an int can count. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	int n = snprintf(NULL, 0, "%*d%*d", INT_MAX, 1, INT_MAX, 2); /* UB */
	printf("%d\n", n > 0);
	return 0;
}
