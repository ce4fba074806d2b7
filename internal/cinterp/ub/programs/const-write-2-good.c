/* A member of a const structure is written. */
#include <stdio.h>

struct range { int low, high; };

int main(void)
{
	struct range r = {1, 9};
	struct range *w = (struct range *)&r;
	w->high = 10;
	puts("done");
	return 0;
}
