/* A count of characters is stored as another type than the object has. */
#include <stdio.h>

int main(void)
{
	short count = 0;
	printf("abc%hn", &count);
	printf("%d\n", count);
	return 0;
}
