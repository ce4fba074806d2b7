/* An offset is added though there is no base. */
#include <stdio.h>

static char room[8];

static char *at(char *base, int offset)
{
	return base == NULL ? NULL : base + offset;
}

int main(void)
{
	char *a = at(room, 3);
	char *b = at(NULL, 3);
	printf("%d\n", a == b);
	return 0;
}
