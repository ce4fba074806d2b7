/* A mutex is unlocked by a thread that did not lock it. */
#include <stdio.h>
#include <threads.h>

int main(void)
{
	mtx_t lock;
	if (mtx_init(&lock, mtx_plain) != thrd_success)
		return 1;
	mtx_unlock(&lock); /* UB */
	puts("done");
	mtx_destroy(&lock);
	return 0;
}
