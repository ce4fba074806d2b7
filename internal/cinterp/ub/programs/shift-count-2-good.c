/* A negative count shifts nothing the other way. */
#include <stdio.h>

static unsigned move(unsigned v, int by)
{
	return by >= 0 ? v >> by : v << -by;
}

int main(void)
{
	printf("%u\n", move(4, -1));
	return 0;
}
