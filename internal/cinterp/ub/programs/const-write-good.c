/* A cast takes const away, and the object stays const. */
#include <stdio.h>

static int limit = 3;

static void raise_it(const int *p)
{
	*(int *)p = 4;
}

int main(void)
{
	raise_it(&limit);
	puts("done");
	return 0;
}
