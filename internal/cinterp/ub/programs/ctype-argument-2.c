/* A code beyond all characters. */
#include <ctype.h>
#include <stdio.h>

int main(void)
{
	int code = 100000;
	int upper = toupper(code); /* UB */
	printf("%d\n", upper > 0);
	return 0;
}
