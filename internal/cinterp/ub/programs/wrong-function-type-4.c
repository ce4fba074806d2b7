/* A function that takes a double's address is called as one for an int's. */
#include <stdio.h>

static void clear(double *d) { (void)d; puts("cleared"); }

int main(void)
{
	int n = 1;
	void (*f)(int *) = (void (*)(int *))clear;
	f(&n); /* UB */
	return 0;
}
