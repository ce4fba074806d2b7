/* A mutex is used that was never set up. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;

int main(void)
{
	mtx_lock(&lock); /* UB */
	puts("locked");
	return 0;
}
