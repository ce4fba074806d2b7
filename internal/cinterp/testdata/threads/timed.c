// want: clean
// out: 1 1 1
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <threads.h>
#include <time.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static mtx_t held;

static int hold(void *arg)
{
	(void)arg;
	mtx_lock(&held);
	thrd_sleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	mtx_unlock(&held);
	return 0;
}

int main(void)
{
	struct timespec t;
	timespec_get(&t, TIME_UTC);
	t.tv_nsec += 10000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&m);
	int a = pthread_cond_timedwait(&c, &m, &t) == ETIMEDOUT;
	pthread_mutex_unlock(&m);
	thrd_t h;
	mtx_init(&held, mtx_timed);
	thrd_create(&h, hold, NULL);
	thrd_sleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	int b = mtx_trylock(&held) == thrd_busy;
	timespec_get(&t, TIME_UTC);
	t.tv_sec += 5;
	int d = mtx_timedlock(&held, &t) == thrd_success;
	mtx_unlock(&held);
	thrd_join(h, NULL);
	mtx_destroy(&held);
	printf("%d %d %d\n", a, b, d);
	return 0;
}
