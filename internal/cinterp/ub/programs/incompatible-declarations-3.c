/* refused: gcc clang */
/* Two blocks do not agree on an object's type. */
#include <stdio.h>

int value = 3;

static int get(void)
{
	extern long value; /* UB */
	return value == 77;
}

int main(void)
{
	printf("%d\n", get());
	return 0;
}
