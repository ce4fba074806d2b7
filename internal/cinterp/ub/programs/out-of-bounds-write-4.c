/* Memory of size 0 has no byte to write, wherever its pointer points. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	size_t n = 0;
	char *p = malloc(n);
	if (p == NULL)
		return 0;
	p[n] = 'x'; /* UB */
	puts("written");
	free(p);
	return 0;
}
