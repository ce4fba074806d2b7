/* A place in a hash table without places. */
#include <stdio.h>

static unsigned slot(unsigned hash, unsigned size)
{
	return hash % size; /* UB */
}

int main(void)
{
	printf("%u\n", slot(17, 0));
	return 0;
}
