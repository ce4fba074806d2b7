/* strncpy leaves no null character where the text fills the room. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char room[4];
	strncpy(room, "abcdef", sizeof room);
	size_t n = strlen(room); /* UB */
	printf("%d\n", n > 100);
	return 0;
}
