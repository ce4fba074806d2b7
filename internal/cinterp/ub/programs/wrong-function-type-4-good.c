/* A function that takes a double's address is called as one for an int's. */
#include <stdio.h>

static void clear(int *d) { *d = 0; puts("cleared"); }

int main(void)
{
	int n = 1;
	void (*f)(int *) = clear;
	f(&n);
	return 0;
}
