// want: clean
#include <stdio.h>
int main(void)
{
	static void *const table[] = {&&add, &&twice, &&stop};
	int code[] = {0, 1, 0, 2}, pc = 0, n = 1;
	goto *table[code[pc++]];
add:
	n += 3;
	goto *table[code[pc++]];
twice:
	n *= 2;
	goto *table[code[pc++]];
stop:
	printf("%d\n", n);
	return 0;
}
// out: 11
