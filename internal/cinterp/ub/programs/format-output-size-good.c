/* More is asked for than an int can count. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	int n = snprintf(NULL, 0, "%*d%*d", 5, 1, 6, 2);
	printf("%d\n", n > 0);
	return 0;
}
