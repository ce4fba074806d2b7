// want: clean
// The comma is a sequence point: nothing here is unsequenced.
#include <stdio.h>
static int twice(int a) { return 2 * a; }
int main(void)
{
	int x = 1, y = 2, *q = &y, p = 5, a[4] = {0};
	x |= (*q ^= 3, p);
	x = (y = 2, y + 1);
	x = twice(x++);
	(x = 3) && (x = 4);
	x = x ? (x = 3, 4) : 5;
	a[x & 3]++;
	a[0] = (a[0]++, 1);
	y = x++ + y;
	(p == 4 && (x = 1)) + x;
	printf("%d %d %d %d\n", x, y, *q, a[0]);
	return 0;
}
// out: 5 6 6 1
