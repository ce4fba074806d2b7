/* A time did not fit, and its text is used. */
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct tm t = {.tm_year = 120, .tm_mon = 1, .tm_mday = 3, .tm_wday = 1, .tm_yday = 33};
	char room[4] = "";
	size_t n = strftime(room, sizeof room, "%Y-%m-%d", &t);
	char first = n == 0 ? '?' : room[0];
	printf("%d %d\n", (int)n, first == 'z');
	return 0;
}
