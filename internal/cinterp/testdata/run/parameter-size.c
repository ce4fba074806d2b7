// The sizes in the type of a parameter are computed on entry (C17 6.9.1p10).
// want: clean
// out: 303 5
#include <stdio.h>

static int calls;

static int many(void)
{
	return ++calls;
}

static int f(int n, int a[many()], int b[][n])
{
	(void)a;
	return n * 100 + (int)(sizeof b[0] / sizeof b[0][0]);
}

int main(void)
{
	int one[1] = {0}, four[1][4] = {{0}}, r = f(3, one, four);

	for (int i = 0; i < 4; i++) {
		f(1, one, (int (*)[2])0);
	}
	printf("%d %d\n", r, calls);
	return 0;
}
