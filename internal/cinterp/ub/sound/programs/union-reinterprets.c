/* 6.5.2.3p3, footnote 97: a union read through another member gives the bytes anew. */
#include <stdint.h>
#include <stdio.h>

union bits { float f; uint32_t u; unsigned char b[4]; };

int main(void)
{
	union bits x = {.f = 1.0f};
	uint32_t u = x.u;
	x.u = u;
	printf("%d %d\n", x.f == 1.0f, x.b[0] == x.b[0]);
	return 0;
}
