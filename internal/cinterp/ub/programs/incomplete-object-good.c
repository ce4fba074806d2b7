/* A local array has no size. */
#include <stdio.h>

int main(void)
{
	int list[1];
	puts(sizeof(int) > 0 ? "done" : "");
	return list == NULL;
}
