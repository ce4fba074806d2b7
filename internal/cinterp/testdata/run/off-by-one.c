// want: out-of-bounds-read 10
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
	int *p = malloc(3 * sizeof *p), sum = 0;
	for (int i = 0; i < 3; i++)
		p[i] = i;
	for (int i = 0; i <= 3; i++)
		sum += p[i];
	return sum;
}
