/* A null pointer has no first element. */
#include <stdio.h>

static int known(const char name[static 1])
{
	return name != NULL;
}

int main(void)
{
	const char *name = "n";
	printf("%d\n", known(name));
	return 0;
}
