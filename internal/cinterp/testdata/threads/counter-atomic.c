// want: clean
// out: 3000 3000 3000 1
#include <stdatomic.h>
#include <stdio.h>
#include <threads.h>

static atomic_int a;
static _Atomic long b;
static atomic_uint c = ATOMIC_VAR_INIT(0);
static atomic_flag once = ATOMIC_FLAG_INIT;
static atomic_int first;

static int work(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++) {
		atomic_fetch_add(&a, 1);
		b++;
		unsigned old = atomic_load_explicit(&c, memory_order_relaxed);
		while (!atomic_compare_exchange_weak_explicit(&c, &old, old + 1, memory_order_relaxed, memory_order_relaxed))
			;
	}
	if (!atomic_flag_test_and_set(&once))
		first += 1;
	return 0;
}

int main(void)
{
	thrd_t t[3];
	for (int i = 0; i < 3; i++)
		if (thrd_create(&t[i], work, NULL) != thrd_success)
			return 1;
	for (int i = 0; i < 3; i++)
		thrd_join(t[i], NULL);
	printf("%d %ld %u %d\n", atomic_load(&a), b, atomic_load(&c), first);
	return 0;
}
