/* 7.20.1.4: void * to uintptr_t and back is the same pointer. */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
	int n = 6;
	uintptr_t u = (uintptr_t)(void *)&n;
	u ^= 0x55;
	u ^= 0x55;
	int *p = (int *)(void *)u;
	*p += 1;
	printf("%d %d\n", n, (void *)p == (void *)&n);
	return 0;
}
