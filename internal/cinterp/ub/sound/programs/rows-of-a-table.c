/* 6.5.2.1p3: a row is reached by its own subscript, the whole by bytes or memset. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	int t[3][4];
	memset(t, 0, sizeof t);
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 4; j++)
			t[i][j] = 4 * i + j;
	int (*row)[4] = t + 1;
	int *last = t[2] + 3;
	int sum = 0;
	for (int *p = *row; p < *row + 4; p++)
		sum += *p;
	const unsigned char *bytes = (const unsigned char *)t;
	int zeros = 0;
	for (size_t i = 0; i < sizeof t; i++)
		zeros += bytes[i] == 0;
	printf("%d %d %d %d\n", sum, *last, (int)(&t[2] - &t[0]), zeros > 0);
	return 0;
}
