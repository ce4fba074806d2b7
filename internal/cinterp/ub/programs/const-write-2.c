/* A member of a const structure is written. */
#include <stdio.h>

struct range { int low, high; };

int main(void)
{
	const struct range r = {1, 9};
	struct range *w = (struct range *)&r;
	w->high = 10; /* UB */
	puts("done");
	return 0;
}
