/* A structure is laid over the middle of an array of bytes. */
#include <stdio.h>
#include <string.h>

struct header { int kind; int size; };

static int size(const unsigned char *at)
{
	const struct header *h = (const struct header *)at; /* UB */
	return h != NULL;
}

int main(void)
{
	static _Alignas(8) unsigned char packet[32];
	printf("%d\n", size(packet + 3));
	return 0;
}
