/* The index that an assignment uses is changed by its other side. */
#include <stdio.h>

int main(void)
{
	int a[4] = {0, 0, 0, 0};
	int i = 0;
	a[i] = i;
	i++;
	printf("%d\n", a[0] + i);
	return 0;
}
