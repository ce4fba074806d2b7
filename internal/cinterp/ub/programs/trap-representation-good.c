/* A byte from outside becomes a _Bool. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	unsigned char byte = 2;
	_Bool flag;
	flag = byte != 0;
	int on = flag;
	printf("%d\n", on == 7);
	return 0;
}
