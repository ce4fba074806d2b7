/* A table of functions has a gap. */
#include <stdio.h>

static int one(void) { return 1; }

int main(void)
{
	int (*table[3])(void) = {one, NULL, one};
	int sum = 0;
	for (int i = 0; i < 3; i++)
		sum += table[i](); /* UB */
	printf("%d\n", sum);
	return 0;
}
