/* An inline function has no body in this unit. */
#include <stdio.h>

inline int twice(int n); /* UB */

int main(void)
{
	puts("done");
	return 0;
}
