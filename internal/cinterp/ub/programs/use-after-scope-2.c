/* Each turn of a loop has its own local object. */
#include <stdio.h>

int main(void)
{
	int *last = NULL;
	for (int i = 0; i < 3; i++) {
		int value = i;
		last = &value;
	}
	*last = 7; /* UB */
	puts("done");
	return 0;
}
