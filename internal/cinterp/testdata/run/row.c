// want: sub-object-write 5
// A pointer to an array knows the length of its rows.
static void clear(int (*table)[2], int row, int i)
{
	table[row][i] = 0;
}
int main(void)
{
	int table[2][2] = {{1, 2}, {3, 4}};
	clear(table, 0, 2);
	return table[1][0];
}
