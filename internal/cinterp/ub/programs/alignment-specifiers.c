/* refused: clang */
/* A declaration asks for another alignment than the definition. */
#include <stdio.h>

extern _Alignas(4) char room[16];
_Alignas(8) char room[16]; /* UB */

int main(void)
{
	printf("%d\n", room[0]);
	return 0;
}
