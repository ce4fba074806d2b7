/* A header in the middle of a buffer is read as a structure. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	_Alignas(8) unsigned char packet[16] = {0};
	uint32_t *length = (uint32_t *)(packet + 1); /* UB */
	printf("%d\n", length != NULL);
	return 0;
}
