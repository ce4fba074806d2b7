/* A mutex is used after it was destroyed. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;

int main(void)
{
	if (mtx_init(&lock, mtx_plain) != thrd_success)
		return 1;
	mtx_lock(&lock);
	puts("locked");
	mtx_unlock(&lock);
	mtx_destroy(&lock);
	return 0;
}
