/* A local array is freed. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char local[16] = "text";
	char *p = local;
	puts(p);
	free(p); /* UB */
	return 0;
}
