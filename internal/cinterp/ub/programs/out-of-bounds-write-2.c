/* The place past the end of allocated memory is written. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int n = 3;
	int *a = malloc((size_t)n * sizeof *a);
	if (a == NULL)
		return 1;
	for (int i = 1; i <= n; i++)
		a[i] = i; /* UB */
	printf("%d\n", a[1]);
	free(a);
	return 0;
}
