/* A function is called that nobody defines. */
#include <stdio.h>

int answer(void) { return 42; }

int main(void)
{
	printf("%d\n", answer());
	return 0;
}
