/* A byte from outside becomes a _Bool. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	unsigned char byte = 2;
	_Bool flag;
	memcpy(&flag, &byte, 1);
	int on = flag; /* UB */
	printf("%d\n", on == 7);
	return 0;
}
