/* 6.7.6.2p5: a size is worked out once, where the declaration is reached. */
#include <stdio.h>

static int sum(int n, int m, int (*t)[m])
{
	int s = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
			s += t[i][j];
	return s;
}

int main(void)
{
	int total = 0;
	for (int n = 1; n < 4; n++) {
		int t[n][n + 1];
		for (int i = 0; i < n; i++)
			for (int j = 0; j <= n; j++)
				t[i][j] = i + j;
		total += sum(n, n + 1, t) + (int)(sizeof t / sizeof t[0][0]);
	}
	printf("%d\n", total);
	return 0;
}
