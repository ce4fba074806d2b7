/* An address that is one byte off is read as a long long. */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
	static long long room[3] = {0, 0, 0};
	uintptr_t address = (uintptr_t)(void *)room;
	long long *p = (long long *)address;
	printf("%lld\n", *p);
	return 0;
}
