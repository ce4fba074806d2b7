/* There is no mode x alone. */
#include <stdio.h>

int main(void)
{
	FILE *f = fopen("no-such-file-here", "r");
	printf("%d\n", f == NULL);
	return 0;
}
