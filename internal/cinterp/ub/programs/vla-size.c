/* A length of zero makes no array. */
#include <stdio.h>

static int first(int n)
{
	int room[n]; /* UB */
	for (int i = 0; i < n; i++)
		room[i] = i + 1;
	return n > 0 ? room[0] : 0;
}

int main(void)
{
	printf("%d\n", first(0));
	return 0;
}
