/* A mutex is destroyed while a thread waits for it. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;

static int work(void *arg)
{
	(void)arg;
	mtx_lock(&lock);
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
	thrd_sleep(&(struct timespec){.tv_sec = 1}, NULL);
	mtx_destroy(&lock); /* UB */
	thrd_join(t, NULL);
	puts("done");
	return 0;
}
