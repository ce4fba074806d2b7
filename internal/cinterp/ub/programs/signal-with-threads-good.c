/* signal is called in a program with threads. */
#include <signal.h>
#include <stdio.h>
#include <threads.h>

static void handle(int number) { (void)number; }

static int work(void *arg) { (void)arg; return 0; }

int main(void)
{
	thrd_t t;
	signal(SIGTERM, SIG_IGN);
	if (thrd_create(&t, work, NULL) != thrd_success)
		return 1;
	thrd_join(t, NULL);
	puts(handle != NULL ? "done" : "");
	return 0;
}
