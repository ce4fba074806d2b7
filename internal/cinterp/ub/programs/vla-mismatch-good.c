/* A pointer to a row gets a row of another length. */
#include <stdio.h>

static int cell(int n, int m, int (*table)[m])
{
	int (*rows)[m] = table;
	return rows[0][0] + n - n;
}

int main(void)
{
	int table[2][3] = {{4, 5, 6}, {7, 8, 9}};
	printf("%d\n", cell(2, 3, table));
	return 0;
}
