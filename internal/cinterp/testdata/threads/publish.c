// want: clean
// out: 42 42
#include <stdatomic.h>
#include <stdio.h>
#include <threads.h>

struct note { int text; };

static int data;
static atomic_int ready;
static struct note shared;
static _Atomic(struct note *) current;

static int work(void *arg)
{
	(void)arg;
	data = 42;
	atomic_store_explicit(&ready, 1, memory_order_release);
	shared.text = 42;
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&current, &shared, memory_order_relaxed);
	return 0;
}

int main(void)
{
	thrd_t t;
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	while (!atomic_load_explicit(&ready, memory_order_acquire))
		thrd_yield();
	int a = data;
	struct note *n;
	while ((n = atomic_load_explicit(&current, memory_order_relaxed)) == NULL)
		;
	atomic_thread_fence(memory_order_acquire);
	printf("%d %d\n", a, n->text);
	thrd_join(t, NULL);
	return 0;
}
