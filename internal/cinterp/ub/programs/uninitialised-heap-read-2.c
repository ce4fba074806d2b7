/* realloc gives no zeros for what it adds. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int *a = calloc(2, sizeof *a);
	if (a == NULL)
		return 1;
	int *b = realloc(a, 4 * sizeof *b);
	if (b == NULL) {
		free(a);
		return 1;
	}
	int sum = b[0] + b[1] + b[2]; /* UB */
	printf("%d\n", sum > 10);
	free(b);
	return 0;
}
