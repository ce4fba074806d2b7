/* A structure is laid over the middle of an array of bytes. */
#include <stdio.h>
#include <string.h>

struct header { int kind; int size; };

static int size(const unsigned char *at)
{
	struct header h;
	memcpy(&h, at, sizeof h);
	return h.size;
}

int main(void)
{
	static _Alignas(8) unsigned char packet[32];
	printf("%d\n", size(packet + 3));
	return 0;
}
