/* A signal is raised while quick_exit runs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void handle(int number) { (void)number; }

static void last(void)
{
	puts("last");
	fflush(stdout);
	raise(SIGTERM); /* UB */
}

int main(void)
{
	if (signal(SIGTERM, handle) == SIG_ERR || at_quick_exit(last) != 0)
		return 1;
	quick_exit(0);
}
