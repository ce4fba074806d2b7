/* The handler is no function. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

static void handle(int number) { (void)number; }

static int data;

int main(void)
{
	void (*handler)(int) = handle;
	signal(SIGTERM, handler);
	printf("%d\n", data);
	return 0;
}
