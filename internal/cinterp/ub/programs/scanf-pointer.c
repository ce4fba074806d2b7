/* An address is read that was never printed. */
#include <stdio.h>

int main(void)
{
	static int value;
	char text[64];
	void *p;
	sprintf(text, "%d", 4096);
	int got = sscanf(text, "%p", &p); /* UB */
	printf("%d\n", got + value);
	return 0;
}
