/* A structure has nothing to name. */
#include <stdio.h>

struct nothing {
	int : 3; /* UB */
};

int main(void)
{
	puts("done");
	return 0;
}
