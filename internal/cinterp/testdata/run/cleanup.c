// GNU's attribute cleanup: each way out of a scope, the last variable first.
// want: clean
// out:  2 1: 3
// out:  3 2 1: 103
// out:  4 3 6 5 8 30 31 11 2 1: -1
// out:  4 3 7 7 30 31 12 2 1: 2
// out:  4 3 8 7 7 30 31 12 2 1: 2
// out:  4 3 9 8 7 7 30 31 12 2 1: 2
// out:  4 3 10 9 8 7 7 30 31 12 2 1: 2
// out: 5
// out:  31 30 free 30 free 90 81 91 82 92 83 80 40 41
// out:  50 111
// out:  70
#include <stdio.h>
#include <stdlib.h>

static void said(int *p) { printf(" %d", *p); }
static void freed(void *p) { free(*(void **)p); printf(" free"); }
static void changed(int *p) { *p = 99; }
#define SAID __attribute__((cleanup(said)))
#define AUTOFREE __attribute__((__cleanup__(freed)))

static int returned(int n)
{
	SAID int a = 1;
	int b SAID = 2;
	if (n == 0)
		return a + b;
	{
		SAID int c = 3;
		if (n == 1)
			return c + 100;
		SAID int d = 4;
	}
	while (n-- > 0) {
		SAID int e = 5 + n;
		if (n == 3)
			continue;
		if (n == 2)
			break;
	}
	switch (n) {
	case 2: {
		SAID int f = 7;
		break;
	}
	default:
		;
		SAID int g = 8;
	}
	for (SAID int i = 10; i < 12; i++) {
		SAID int h = 20 + i;
		if (n == -1 && i == 11)
			goto out;
	}
out:
	return n;
}

static int before(void)
{
	int a __attribute__((cleanup(changed))) = 5;
	return a;
}

static void nothing(int n)
{
	AUTOFREE char *p = malloc(10);
	SAID int a = 30;
	if (n)
		return;
	SAID int b = 31;
}

static void again(void)
{
	int n = 0;
	SAID int a = 80;
back:;
	SAID int b = 81 + n;
	{
		SAID int c = 90 + n;
		if (++n < 3)
			goto back;
	}
}

static struct { int x; } s;
static void pointed(int **p) { printf(" %d", ++**p); }

static void ended(int *p) { printf(" %d\n", *p); }

int main(void)
{
	for (int n = 0; n < 7; n++)
		printf(": %d\n", returned(n));
	printf("%d\n", before());
	nothing(0);
	nothing(1);
	again();
	int x = ({ SAID int t = 40; t + 1; });
	printf(" %d\n", x);
	{
		int *q __attribute__((cleanup(pointed))) = &s.x, r SAID = 50;
		s.x = 60 + r;
	}
	int last __attribute__((cleanup(ended))) = 70;
	puts("");
	return 0;
}
