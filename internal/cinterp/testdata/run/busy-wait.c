// A program that waits by asking for the time goes on after a while.
// want: clean
// out: 1 1
#include <stdio.h>
#include <time.h>

int main(void)
{
	time_t begin = time(NULL), now;
	long asked = 0;
	while ((now = time(NULL)) - begin < 1)
		asked++;
	printf("%d %d\n", (int)(now - begin), asked > 1000);
	return 0;
}
