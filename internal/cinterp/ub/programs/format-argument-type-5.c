/* A count of characters is stored as another type than the object has. */
#include <stdio.h>

int main(void)
{
	short count = 0;
	printf("abc%n", &count); /* UB */
	printf("%d\n", count);
	return 0;
}
