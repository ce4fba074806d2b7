/* The element after a row's last is the next row's first, and not the row's. */
#include <stdio.h>

static void clear(int (*table)[2], int row, int count)
{
	for (int i = 0; i < count; i++)
		table[row][i] = 0; /* UB */
}

int main(void)
{
	int table[2][2] = {{1, 2}, {3, 4}};
	clear(table, 0, 3);
	printf("%d\n", table[1][0]);
	return 0;
}
