/* The case that cannot be is. */
#include <stdio.h>

static int sides(char shape)
{
	switch (shape) {
	case 't': return 3;
	case 's': return 4;
	}
	return 0;
}

int main(void)
{
	printf("%d\n", sides('c') > 10);
	return 0;
}
