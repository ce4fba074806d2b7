/* No length goes with this conversion. */
#include <stdio.h>

int main(void)
{
	printf("%hf\n", 1.5); /* UB */
	return 0;
}
