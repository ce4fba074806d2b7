/* 6.5.9p6: == and != may compare any pointers, null ones too. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int a = 1, b = 1;
	int *none = NULL;
	void *m = malloc(4);
	printf("%d %d %d %d\n", &a == &b, &a != none, m == (void *)&a, none == NULL);
	free(m);
	free(NULL);
	return 0;
}
