// want: data-race 26
#include <stdatomic.h>
#include <stdio.h>
#include <threads.h>

static int data;
static atomic_int ready;

static int work(void *arg)
{
	(void)arg;
	data = 42;
	atomic_store_explicit(&ready, 1, memory_order_relaxed);
	return 0;
}

int main(void)
{
	thrd_t t;
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	while (!atomic_load_explicit(&ready, memory_order_relaxed))
		thrd_yield();
	thrd_yield();
	thrd_yield();
	printf("%d\n", data);
	thrd_join(t, NULL);
	return 0;
}
