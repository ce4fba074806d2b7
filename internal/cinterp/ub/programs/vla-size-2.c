/* A length that went below zero. */
#include <stdio.h>

static int pad(int used)
{
	char rest[8 - used]; /* UB */
	rest[0] = 1;
	return rest[0];
}

int main(void)
{
	printf("%d\n", pad(9));
	return 0;
}
