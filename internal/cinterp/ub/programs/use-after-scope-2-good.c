/* Each turn of a loop has its own local object. */
#include <stdio.h>

int main(void)
{
	int *last = NULL;
	int value = 0;
	for (int i = 0; i < 3; i++) {
		value = i;
		last = &value;
	}
	*last = 7;
	puts("done");
	return 0;
}
