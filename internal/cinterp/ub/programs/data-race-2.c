/* A flag tells that the result is there, and orders nothing. */
#include <stdio.h>
#include <threads.h>

static int result;
static mtx_t lock;

static int work(void *arg)
{
	(void)arg;
	result = 42; /* UB */
	return 0;
}

int main(void)
{
	thrd_t t;
	if (mtx_init(&lock, mtx_plain) != thrd_success || thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	mtx_lock(&lock);
	int r = result; /* UB */
	mtx_unlock(&lock);
	thrd_join(t, NULL);
	printf("%d\n", r > 42);
	mtx_destroy(&lock);
	return 0;
}
