/* A name that is too long changes the member behind it. */
#include <stdio.h>

struct user { char name[8]; int admin; };

int main(void)
{
	struct user u = {"guest", 0};
	int n = 8;
	for (int i = 0; i < n; i++)
		u.name[i] = 'x';
	printf("%d\n", u.admin);
	return 0;
}
