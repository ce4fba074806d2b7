/* An object outside a function is written past its end. */
#include <stdio.h>

static int table[8];

static void set(int *at, int value)
{
	at[8] = value; /* UB */
}

int main(void)
{
	set(table, 3);
	printf("%d\n", table[7]);
	return 0;
}
