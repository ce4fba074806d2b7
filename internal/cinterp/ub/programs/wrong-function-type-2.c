/* The result is not used, and yet the types of the two functions differ. */
#include <stdio.h>

static int count(int n) { return printf("%d\n", n); }

static void each(void (*f)(int))
{
	for (int i = 0; i < 3; i++)
		f(i); /* UB */
}

int main(void)
{
	each((void (*)(int))count);
	return 0;
}
