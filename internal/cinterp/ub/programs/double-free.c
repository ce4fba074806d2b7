/* An error path and the end both free. */
#include <stdio.h>
#include <stdlib.h>

static int work(char *buf, int fail)
{
	if (fail) {
		free(buf);
		return -1;
	}
	buf[0] = 'x';
	return 0;
}

int main(void)
{
	char *buf = malloc(4);
	if (buf == NULL)
		return 1;
	int r = work(buf, 1);
	free(buf); /* UB */
	printf("%d\n", r);
	return 0;
}
