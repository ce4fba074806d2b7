/* A % is only written by %% without anything between. */
#include <stdio.h>

int main(void)
{
	printf("100%5%\n"); /* UB */
	return 0;
}
