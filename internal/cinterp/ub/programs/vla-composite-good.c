/* The type of a choice needs a size that was not worked out. */
#include <stdio.h>

int main(void)
{
	int n = 2;
	int table[2] = {1, 2};
	int (*open)[] = &table;
	printf("%d\n", (*(n > 0 ? open : (int (*)[2])&table))[1] > 100);
	return 0;
}
