/* 6.2.4p5, 6.5.2.5p5, 6.2.4p8: a block's object, a compound literal and a result's array while they live. */
#include <stdio.h>

struct text { char s[4]; };

static struct text make(char c) { return (struct text){{c, 'b', 'c', 0}}; }

int main(void)
{
	int sum = 0;
	int *p;
	for (int i = 0; i < 3; i++) {
		int n = i;
		p = &n;
		sum += *p;
	}
	p = (int[]){4, 5, 6};
	sum += p[2];
	printf("%d %s %c\n", sum, make('a').s, make('z').s[0]);
	return 0;
}
