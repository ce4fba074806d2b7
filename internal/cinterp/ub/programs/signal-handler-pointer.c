/* The handler is no function. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

static int data;

int main(void)
{
	void (*handler)(int) = (void (*)(int))(uintptr_t)(void *)&data;
	signal(SIGTERM, handler); /* UB */
	printf("%d\n", data);
	return 0;
}
