/* A plain mutex knows no timeout. */
#include <stdio.h>
#include <threads.h>
#include <time.h>

int main(void)
{
	mtx_t lock;
	struct timespec until = {0, 0};
	if (mtx_init(&lock, mtx_plain) != thrd_success)
		return 1;
	int r = mtx_timedlock(&lock, &until); /* UB */
	if (r == thrd_success)
		mtx_unlock(&lock);
	puts("done");
	mtx_destroy(&lock);
	return 0;
}
