/* Sorts numbers by a quicksort written out, and by the library's with a
   comparison; then counts how often each remainder comes. */
#include <stdio.h>
#include <stdlib.h>

#ifndef SIZE
#define SIZE 100000
#endif

static unsigned seed = 12345;

static int number(void)
{
	seed = seed * 1103515245u + 12345u;
	return (int)(seed >> 1 & 0x3fffffff);
}

static void quick(int *a, int lo, int hi)
{
	while (lo < hi) {
		int pivot = a[lo + (hi - lo) / 2], i = lo, j = hi;
		while (i <= j) {
			while (a[i] < pivot)
				i++;
			while (a[j] > pivot)
				j--;
			if (i <= j) {
				int t = a[i];
				a[i] = a[j];
				a[j] = t;
				i++;
				j--;
			}
		}
		if (j - lo < hi - i) {
			quick(a, lo, j);
			lo = i;
		} else {
			quick(a, i, hi);
			hi = j;
		}
	}
}

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	int *a = malloc(SIZE * sizeof *a), *b = malloc(SIZE * sizeof *b), count[16] = {0};
	if (a == NULL || b == NULL)
		return 1;
	for (int i = 0; i < SIZE; i++)
		a[i] = b[i] = number();
	quick(a, 0, SIZE - 1);
	qsort(b, SIZE, sizeof *b, compare);
	for (int i = 0; i < SIZE; i++) {
		if (a[i] != b[i] || (i > 0 && a[i - 1] > a[i]))
			return 1;
		count[a[i] % 16]++;
	}
	for (int i = 0; i < 16; i++)
		printf("%d\n", count[i]);
	free(a);
	free(b);
	return 0;
}
