/* strncat's limit does not count the null character. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char room[8] = "abc";
	strncat(room, "defghij", sizeof room - 3); /* UB */
	puts(room);
	return 0;
}
