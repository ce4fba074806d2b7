/* Allocated memory has the type of what was stored in it. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	void *room = malloc(sizeof(double) + sizeof(long));
	if (room == NULL)
		return 1;
	double *in = room;
	*in = 1;
	long *out = room;
	printf("%d\n", *out == 3); /* UB */
	free(room);
	return 0;
}
