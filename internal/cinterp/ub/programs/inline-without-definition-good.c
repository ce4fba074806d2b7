/* An inline function has no body in this unit. */
#include <stdio.h>

inline int twice(int n) { return 2 * n; }
extern inline int twice(int n);

int main(void)
{
	puts(twice(1) == 2 ? "done" : "");
	return 0;
}
