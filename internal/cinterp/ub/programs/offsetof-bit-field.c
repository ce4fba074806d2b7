/* refused: gcc clang */
/* A bit-field has no offset in bytes. */
#include <stddef.h>
#include <stdio.h>

struct flags { unsigned first : 3; int second; };

int main(void)
{
	printf("%d\n", offsetof(struct flags, first) > 100); /* UB */
	return 0;
}
