/* Allocated memory has the type of what was stored in it. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	void *room = malloc(sizeof(double) + sizeof(long));
	if (room == NULL)
		return 1;
	long *in = room;
	*in = 1;
	long *out = room;
	printf("%d\n", *out == 3);
	free(room);
	return 0;
}
