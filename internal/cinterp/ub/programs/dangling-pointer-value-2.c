/* Whether a block moved is asked by comparing with the old pointer. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *old = malloc(8);
	if (old == NULL)
		return 1;
	char *bigger = malloc(64);
	if (bigger == NULL) {
		free(old);
		return 1;
	}
	free(old);
	int moved = bigger != old; /* UB */
	printf("%d\n", moved);
	free(bigger);
	return 0;
}
