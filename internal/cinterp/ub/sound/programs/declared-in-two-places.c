/* 6.2.7p3: compatible declarations in one program: without a size, without parameters, by another name. */
#include <stdio.h>

typedef unsigned count;
extern int table[];
int half();
extern unsigned total;

static int first(void)
{
	extern int table[3];
	return table[0];
}

int table[3] = {8, 9, 10};
count total = 3;
int half(int n) { return n / 2; }

int main(void)
{
	printf("%d %d %u\n", first(), half(table[2]), total);
	return 0;
}
