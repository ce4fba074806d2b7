/* One member of a union is set from another of another type. */
#include <stdio.h>

union number { int whole; float real; };

int main(void)
{
	union number n;
	n.whole = 3;
	int whole = n.whole;
	n.real = whole;
	printf("%d\n", n.real > 2.0f);
	return 0;
}
