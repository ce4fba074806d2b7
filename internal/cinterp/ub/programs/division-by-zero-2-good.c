/* A place in a hash table without places. */
#include <stdio.h>

static unsigned slot(unsigned hash, unsigned size)
{
	return size == 0 ? 0 : hash % size;
}

int main(void)
{
	printf("%u\n", slot(17, 0));
	return 0;
}
