/* An array is called as if it were a function. */
#include <stdint.h>
#include <stdio.h>

static unsigned char data[4] = {0xc3, 0xc3, 0xc3, 0xc3};

int main(void)
{
	void (*f)(void) = (void (*)(void))(uintptr_t)(void *)data;
	f(); /* UB */
	printf("%d\n", data[0] == 0);
	return 0;
}
