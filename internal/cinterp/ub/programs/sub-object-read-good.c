/* The row ends, the table does not. */
#include <stdio.h>

int main(void)
{
	int table[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
	int column = 4;
	printf("%d\n", table[1][column - 1]);
	return 0;
}
