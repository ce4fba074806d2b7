/* Two units ask for different alignments. */
#include <stdio.h>

extern _Alignas(8) char room[32];

int main(void)
{
	printf("%d\n", room[0]);
	return 0;
}
