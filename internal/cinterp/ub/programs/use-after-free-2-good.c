/* Growing an array moves it; the old pointer to an element is written. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int *a = malloc(sizeof *a);
	if (a == NULL)
		return 1;
	*a = 1;
	int *bigger = malloc(100 * sizeof *a);
	if (bigger == NULL) {
		free(a);
		return 1;
	}
	bigger[0] = a[0];
	free(a);
	bigger[0] = 2;
	printf("%d\n", bigger[0]);
	free(bigger);
	return 0;
}
