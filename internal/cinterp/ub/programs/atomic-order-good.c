/* A load cannot release. */
#include <stdatomic.h>
#include <stdio.h>

static atomic_int count;

int main(void)
{
	int n = atomic_load_explicit(&count, memory_order_acquire);
	printf("%d\n", n);
	return 0;
}
