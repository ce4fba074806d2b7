/* The check of a sparse entry, taken out of the library so that it runs alone.
   Made for the tests: there is no such library. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hole {
	uint64_t offset, length;
};

static int fill(unsigned char *entry, uint64_t size, struct hole h)
{
	if (h.offset > size || h.length > size - h.offset)
		return -1;
	memset(entry + h.offset, 0, h.length);
	return 0;
}

int main(void)
{
	struct hole h = { UINT64_MAX - 15, 64 };
	unsigned char *entry = malloc(64);

	if (!entry)
		return 1;
	printf("hole at %llu\n", (unsigned long long)h.offset);
	fill(entry, 64, h);
	free(entry);
	return 0;
}
