// Bit-fields that nobody wrote are copied as they are; the last line but one uses one.
// want: uninitialised-heap-read 20
// out: 4 2
#include <stdio.h>
#include <stdlib.h>

struct s { unsigned a : 4, b : 3; unsigned c : 9; int d; };

int main(void)
{
	struct s *x = malloc(sizeof *x), *y = malloc(sizeof *y);

	if (x == NULL || y == NULL) {
		return 1;
	}
	x->d = 4;
	y->a = x->a, y->c = x->c, y->d = x->d;
	x->b = 2, y->b = x->b;
	printf("%d %u\n", y->d, y->b);
	return (int)y->c;
}
