/* A structure has nothing to name. */
#include <stdio.h>

struct nothing {
	int something;
};

int main(void)
{
	puts("done");
	return 0;
}
