/* malloc gives no zeros. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int *count = calloc(4, sizeof *count);
	if (count == NULL)
		return 1;
	count[2]++;
	printf("%d\n", count[2] > 10);
	free(count);
	return 0;
}
