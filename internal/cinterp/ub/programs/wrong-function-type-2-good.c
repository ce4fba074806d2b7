/* The result is not used, and yet the types of the two functions differ. */
#include <stdio.h>

static void count(int n) { printf("%d\n", n); }

static void each(void (*f)(int))
{
	for (int i = 0; i < 3; i++)
		f(i);
}

int main(void)
{
	each(count);
	return 0;
}
