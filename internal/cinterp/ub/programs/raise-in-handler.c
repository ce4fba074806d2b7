/* A handler raises the next signal. */
#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t seen;

static void count(int number) { (void)number; seen++; }

static void forward(int number)
{
	(void)number;
	raise(SIGINT); /* UB */
}

int main(void)
{
	if (signal(SIGINT, count) == SIG_ERR || signal(SIGTERM, forward) == SIG_ERR)
		return 1;
	raise(SIGTERM);
	printf("%d\n", (int)seen);
	return 0;
}
