/* A number has more digits than was thought. */
#include <stdio.h>

int main(void)
{
	char room[4];
	int number = 123456;
	sprintf(room, "%d", number); /* UB */
	printf("%c\n", room[0]);
	return 0;
}
