/* Two threads count without a lock. */
#include <stdio.h>
#include <threads.h>

static int count;

static int work(void *arg)
{
	(void)arg;
	count++; /* UB */
	return 0;
}

int main(void)
{
	thrd_t t;
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	count++; /* UB */
	thrd_join(t, NULL);
	printf("%d\n", count > 0);
	return 0;
}
