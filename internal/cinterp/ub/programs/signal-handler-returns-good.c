/* A handler of an arithmetic error has nowhere to return to. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t seen;

static void handle(int number)
{
	(void)number;
	seen = 1;
}

int main(void)
{
	int number = SIGTERM;
	if (signal(number, handle) == SIG_ERR)
		return 1;
	raise(number);
	printf("%d\n", (int)seen);
	return 0;
}
