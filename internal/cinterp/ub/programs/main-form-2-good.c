/* main returns nothing. */
#include <stdio.h>

int main(void)
{
	puts("done");
}
