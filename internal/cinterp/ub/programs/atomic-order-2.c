/* A store cannot acquire. */
#include <stdatomic.h>
#include <stdio.h>

static atomic_int count;

int main(void)
{
	atomic_store_explicit(&count, 1, memory_order_acquire); /* UB */
	puts("stored");
	return 0;
}
