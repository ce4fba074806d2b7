/* 6.5.6p8, 6.5.8p5, 6.5.9p6: the place past the end may be made, compared and subtracted. */
#include <stdio.h>

int main(void)
{
	int a[4] = {1, 2, 3, 4}, one = 5, sum = 0;
	int *end = a + 4;
	for (int *p = a; p != end; p++)
		sum += *p;
	for (int *p = &one; p < &one + 1; p++)
		sum += *p;
	int *same = &a[4];
	printf("%d %d %d\n", sum, (int)(end - a), same == end && &*end == end);
	return 0;
}
