/* 6.7.3.1p4 lets objects be reached by two restrict pointers that are not changed, or by parts that do not meet, and after the block. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct node { int v; struct node *next; };

static int sum(size_t n, const int *restrict a, const int *restrict b)
{
	int s = 0;
	for (size_t i = 0; i < n; i++)
		s += a[i] * b[i];
	return s;
}

static void add(size_t n, int *restrict out, const int *restrict a, const int *restrict b)
{
	for (size_t i = 0; i < n; i++)
		out[i] = a[i] + b[i];
}

static void fill(int *p, int n, int v)
{
	while (n-- > 0)
		*p++ = v;
}

static int helper(int *restrict p, int n)
{
	int *q = p + 1;
	fill(p, n, 1);
	*q = 5;
	int *const r = q - 1;
	*r += *q;
	int *copy;
	memcpy(&copy, &q, sizeof copy);
	*copy += 1;
	uintptr_t bits = (uintptr_t)p;
	int *back = (int *)bits;
	back[0] += 1;
	return p[0] + p[1];
}

static char *find(char *restrict s, int c)
{
	while (*s != '\0' && *s != c)
		s++;
	return s;
}

static int list(struct node *restrict head)
{
	int n = 0;
	for (struct node *p = head; p != NULL; p = p->next)
		n += p->v++;
	return n;
}

static int inner(int *restrict p, int *restrict q)
{
	*p += 1;
	*q += 1;
	return *p + *q;
}

static int outer(int *restrict p)
{
	int *half = p + 2;
	return inner(p, half) + p[2];
}

int main(void)
{
	int a[6] = {1, 2, 3, 4, 5, 6}, out[3];
	printf("%d\n", sum(6, a, a));
	add(3, out, a, a);
	add(2, a, a + 2, a + 4);
	printf("%d %d %d\n", out[2], a[0], a[1]);
	printf("%d\n", helper(a, 4));
	for (int i = 0; i < 3; i++) {
		int *restrict p = a + i;
		*p = i;
	}
	a[1] = 7;
	{
		int *restrict p = a;
		int *restrict q = a + 3;
		for (int i = 0; i < 3; i++)
			q[i] = p[i];
	}
	printf("%d %d\n", a[1], a[4]);
	char text[] = "key=value";
	char *at = find(text, '=');
	*at = '\0';
	printf("%s %s\n", text, at + 1);
	struct node two = {2, NULL}, one = {1, &two};
	printf("%d\n", list(&one));
	printf("%d\n", outer(a));
	int *restrict p = a;
	p[0] = 1;
	{
		int *restrict inside = p;
		inside[1] = 2;
		p = inside == NULL ? NULL : p + 1;
	}
	printf("%d\n", p[0]);
	return 0;
}
