/* A null pointer has no first element. */
#include <stdio.h>

static int known(const char name[static 1])
{
	return name != NULL;
}

int main(void)
{
	const char *name = NULL;
	printf("%d\n", known(name)); /* UB */
	return 0;
}
