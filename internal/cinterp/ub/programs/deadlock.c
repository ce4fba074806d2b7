/* A thread is waited for that waits for a mutex that is held. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;

static int work(void *arg)
{
	(void)arg;
	mtx_lock(&lock); /* UB */
	mtx_unlock(&lock);
	return 0;
}

int main(void)
{
	thrd_t t;
	if (mtx_init(&lock, mtx_plain) != thrd_success)
		return 1;
	mtx_lock(&lock);
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	thrd_join(t, NULL); /* UB */
	mtx_unlock(&lock);
	puts("done");
	mtx_destroy(&lock);
	return 0;
}
