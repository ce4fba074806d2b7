/* 6.7.2.1: unsigned fields wrap, their neighbours stay, a field of width 0 makes a new unit. */
#include <stdio.h>

struct flags { unsigned a : 3; unsigned b : 5; unsigned : 0; unsigned c : 7; signed d : 4; };

int main(void)
{
	struct flags f = {7, 31, 127, -8};
	f.a++;
	f.b += 2;
	f.c = 200;
	f.d = (f.d + 1) * 1;
	printf("%u %u %u %d\n", f.a, f.b, f.c, f.d);
	return 0;
}
