/* 5.1.2.4: create and join, a mutex and atomics order what the threads do. */
#include <stdatomic.h>
#include <stdio.h>
#include <threads.h>

static mtx_t lock;
static int guarded, handed;
static atomic_int counted, ready;

static int work(void *arg)
{
	mtx_lock(&lock);
	guarded += *(int *)arg;
	mtx_unlock(&lock);
	atomic_fetch_add_explicit(&counted, 1, memory_order_relaxed);
	return 3;
}

static int give(void *arg)
{
	(void)arg;
	handed = 42;
	atomic_store_explicit(&ready, 1, memory_order_release);
	return 0;
}

int main(void)
{
	thrd_t a, b, c;
	int one = 1, two = 2, result = 0;
	if (mtx_init(&lock, mtx_plain) != thrd_success)
		return 1;
	thrd_create(&a, work, &one);
	thrd_create(&b, work, &two);
	thrd_create(&c, give, NULL);
	while (!atomic_load_explicit(&ready, memory_order_acquire))
		thrd_yield();
	int got = handed;
	thrd_join(a, &result);
	thrd_join(b, NULL);
	thrd_join(c, NULL);
	printf("%d %d %d %d\n", guarded, atomic_load(&counted), got, result);
	mtx_destroy(&lock);
	return 0;
}
