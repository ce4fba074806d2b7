/* A year of five digits. */
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct tm t = {.tm_mday = 1, .tm_wday = 1};
	t.tm_year = 100;
	char *s = asctime(&t);
	printf("%d\n", s != NULL);
	return 0;
}
