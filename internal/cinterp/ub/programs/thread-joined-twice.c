/* A thread is waited for again. */
#include <stdio.h>
#include <threads.h>

static int work(void *arg) { (void)arg; return 5; }

int main(void)
{
	thrd_t t;
	int result = 0;
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	thrd_join(t, &result);
	thrd_join(t, NULL); /* UB */
	printf("%d\n", result);
	return 0;
}
