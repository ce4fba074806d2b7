/* A check for room goes past the end by itself. */
#include <stdio.h>

static int fits(const char *at, const char *end, size_t n)
{
	return n <= (size_t)(end - at);
}

int main(void)
{
	char buf[16];
	buf[0] = 0;
	printf("%d\n", fits(buf, buf + 16, 1000));
	return 0;
}
