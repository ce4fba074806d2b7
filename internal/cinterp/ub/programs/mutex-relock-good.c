/* A function that locks calls another that locks. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;
static int count;

static void add(void)
{
	mtx_lock(&lock);
	count++;
	mtx_unlock(&lock);
}

int main(void)
{
	if (mtx_init(&lock, mtx_plain | mtx_recursive) != thrd_success)
		return 1;
	mtx_lock(&lock);
	add();
	mtx_unlock(&lock);
	printf("%d\n", count);
	mtx_destroy(&lock);
	return 0;
}
