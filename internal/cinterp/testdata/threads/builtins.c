// want: clean
// out: 2000 1 7 5 9 3 12 8
#include <pthread.h>
#include <stdio.h>

static int count;
static volatile int lock;
static long plain;

static void *work(void *arg)
{
	for (int i = 0; i < 500; i++) {
		__sync_fetch_and_add(&count, 1);
		__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
		while (__sync_lock_test_and_set(&lock, 1))
			;
		plain++;
		__sync_lock_release(&lock);
	}
	return arg;
}

int main(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, work, NULL);
	pthread_create(&b, NULL, work, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	int x = 7, want = 5, y = 5;
	int old = __sync_val_compare_and_swap(&x, 7, 9);
	int ok = __atomic_compare_exchange_n(&y, &want, 3, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	int z = __sync_add_and_fetch(&x, 3);
	__atomic_store_n(&want, 8, __ATOMIC_RELEASE);
	printf("%d %d %d %d %d %d %d %d\n", count, plain == 1000 && ok, old, 5, x - 3, y, z, __atomic_load_n(&want, __ATOMIC_ACQUIRE));
	return 0;
}
