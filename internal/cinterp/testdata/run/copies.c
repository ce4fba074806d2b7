// Allocated memory that nobody wrote is copied as it is (C17 6.2.6.1); its
// value is not used before line 31.
// want: uninitialised-heap-read 31
// out: 5 7
#include <stdio.h>
#include <stdlib.h>

struct s {
	unsigned a, b;
	void *p;
	double d;
	unsigned v[4];
};

int main(void)
{
	struct s *x = malloc(sizeof *x), *y = malloc(sizeof *y);
	int i;

	if (x == NULL || y == NULL) {
		return 1;
	}
	x->a = 5, x->v[3] = 7;
	y->a = x->a, y->b = x->b;
	y->p = x->p;
	y->d = x->d;
	for (i = 0; i < 4; i++) {
		y->v[i] = x->v[3 - i];
	}
	printf("%u %u\n", y->a, y->v[0]);
	return y->b != 0;
}
