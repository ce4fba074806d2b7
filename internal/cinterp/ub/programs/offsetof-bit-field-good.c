/* A bit-field has no offset in bytes. */
#include <stddef.h>
#include <stdio.h>

struct flags { unsigned first : 3; int second; };

int main(void)
{
	printf("%d\n", offsetof(struct flags, second) > 100);
	return 0;
}
