/* 6.5p6: a store gives allocated memory a new effective type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	void *room = malloc(16);
	if (room == NULL)
		return 1;
	int *i = room;
	*i = 5;
	int first = *i;
	float *f = room;
	*f = 2.5f;
	float second = *f;
	long long source = 9;
	memcpy(room, &source, sizeof source);
	long long third = *(long long *)room;
	memset(room, 0, 16);
	printf("%d %.1f %lld\n", first, (double)second, third);
	free(room);
	return 0;
}
