/* A negative number becomes unsigned. */
#include <stdio.h>

static unsigned units(double price)
{
	return price < 0.0 ? 0 : (unsigned)(price * 100.0);
}

int main(void)
{
	printf("%d\n", units(-1.5) > 3);
	return 0;
}
