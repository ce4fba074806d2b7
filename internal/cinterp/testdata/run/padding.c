// want: clean
// Padding has no value and may be copied and compared byte by byte.
#include <stdio.h>
#include <string.h>
struct s { char c; int n; };
int main(void)
{
	struct s a, b;
	a.c = 'x';
	a.n = 3;
	b = a;
	unsigned char bytes[sizeof a];
	memcpy(bytes, &b, sizeof b);
	unsigned sum = 0;
	for (size_t i = 0; i < sizeof b; i++)
		sum += ((unsigned char *)&b)[i];
	printf("%d\n", sum > 0);
	return 0;
}
// out: 1
