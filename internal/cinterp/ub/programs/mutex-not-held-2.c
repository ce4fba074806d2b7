/* Waiting gives a mutex back that is not held. */
#include <stdio.h>
#include <threads.h>
#include <time.h>

int main(void)
{
	mtx_t lock;
	cnd_t ready;
	struct timespec past = {0, 0};
	if (mtx_init(&lock, mtx_timed) != thrd_success || cnd_init(&ready) != thrd_success)
		return 1;
	int r = cnd_timedwait(&ready, &lock, &past); /* UB */
	printf("%d\n", r == thrd_success);
	cnd_destroy(&ready);
	mtx_destroy(&lock);
	return 0;
}
