/* A header in the middle of a buffer is read as a structure. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	_Alignas(8) unsigned char packet[16] = {0};
	uint32_t length;
	memcpy(&length, packet + 1, sizeof length);
	printf("%d\n", length == 0);
	return 0;
}
