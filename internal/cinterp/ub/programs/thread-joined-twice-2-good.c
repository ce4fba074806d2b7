/* A thread that was joined is detached. */
#include <stdio.h>
#include <threads.h>

static int work(void *arg) { (void)arg; return 5; }

int main(void)
{
	thrd_t t;
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	if (thrd_join(t, NULL) != thrd_success)
		return 1;
	puts("done");
	return 0;
}
