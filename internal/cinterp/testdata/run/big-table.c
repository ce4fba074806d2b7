// want: clean
#include <stdio.h>
#include <stdlib.h>
static int cmp(const void *a, const void *b) { int x = *(const int *)a, y = *(const int *)b; return (x > y) - (x < y); }
int main(void)
{
	enum { N = 5000 };
	int *t = malloc(N * sizeof *t);
	unsigned s = 1;
	if (!t)
		return 1;
	for (int i = 0; i < N; i++)
		t[i] = (int)((s = s * 1103515245u + 12345u) >> 16);
	qsort(t, N, sizeof *t, cmp);
	for (int i = 1; i < N; i++)
		if (t[i - 1] > t[i])
			return 2;
	free(t);
	puts("sorted");
	return 0;
}
// out: sorted
