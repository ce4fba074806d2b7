/* 6.5p6 and 6.5p7 give allocated memory the type of what was stored in it: it may change, copies carry it on, and bytes have none. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block { size_t size; struct block *next; };
union value { long whole; double real; };
struct item { int kind; union value v; };
struct base { int type, refs; };
struct derived { struct base b; double x; };
struct text { size_t length; char bytes[]; };
struct in { unsigned short family, port; unsigned address; };
struct any { unsigned short family, more[3]; };

static unsigned char *arena;
static struct block *freelist;

static void *take(size_t n)
{
	n = (n + 15) / 16 * 16;
	for (struct block **p = &freelist; *p != NULL; p = &(*p)->next) {
		struct block *b = *p;
		if (b->size < n)
			continue;
		if (b->size >= n + 64) {
			struct block *rest = (struct block *)((unsigned char *)(b + 1) + n);
			rest->size = b->size - n - sizeof *rest;
			rest->next = b->next;
			b->size = n;
			*p = rest;
		} else {
			*p = b->next;
		}
		return b + 1;
	}
	return NULL;
}

static void give(void *p)
{
	struct block *b = (struct block *)p - 1;
	b->next = freelist;
	freelist = b;
}

static int by_kind(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static int refs(struct base *b) { return ++b->refs; }

static unsigned short family(const struct any *a) { return a->family; }

static void swap(void *a, void *b, size_t n)
{
	unsigned char *x = a, *y = b;
	while (n-- > 0) {
		unsigned char t = *x;
		*x++ = *y;
		*y++ = t;
	}
}

static void *copy(const void *from, size_t n)
{
	char *to = malloc(n);
	const char *p = from;
	for (size_t i = 0; to != NULL && i < n; i++)
		to[i] = p[i];
	return to;
}

static void arenas(void)
{
	freelist = (struct block *)arena;
	freelist->size = 4096 - sizeof(struct block);
	freelist->next = NULL;
	double *d = take(5 * sizeof *d);
	for (int i = 0; i < 5; i++)
		d[i] = i;
	give(d);
	long *l = take(5 * sizeof *l);
	for (int i = 0; i < 5; i++)
		l[i] = i;
	int *n = take(sizeof *n);
	*n = 7;
	struct item *it = take(sizeof *it);
	it->kind = 1;
	it->v.real = 2.5;
	it->v.whole = 3;
	printf("%ld %d %ld\n", l[4], *n, it->v.whole);
	give(it);
	give(n);
	float *f = take(50 * sizeof *f);
	for (int i = 0; i < 50; i++)
		f[i] = (float)i;
	printf("%g\n", f[49]);
}

static void in_turn(void *any)
{
	*(int *)any = 4;
	*(float *)any = 1.5f;
	printf("%g\n", *(float *)any);
	*(double *)any = 2;
	printf("%g\n", *(double *)any);
	*(char *)any = 'a';
	printf("%c\n", *(char *)any);
	*(long *)any = 9;
	printf("%lu\n", *(unsigned long *)any);
	memset(any, 0, 16);
	printf("%d\n", *(int *)any);
	double x = 1.5, y = 2.5;
	memcpy(any, &x, sizeof x);
	swap(any, &y, sizeof y);
	printf("%g %g\n", *(double *)any, y);
}

int main(void)
{
	arena = malloc(4096);
	struct item *a = malloc(4 * sizeof *a);
	void *any = malloc(16);
	struct derived *h = malloc(sizeof *h);
	struct in *address = calloc(1, sizeof *address);
	struct text *s = malloc(sizeof *s + 6);
	if (arena == NULL || a == NULL || any == NULL || h == NULL || address == NULL || s == NULL)
		return 1;
	arenas();
	in_turn(any);
	for (int i = 0; i < 4; i++) {
		a[i].kind = 3 - i;
		if (i % 2 == 0)
			a[i].v.whole = i;
		else
			a[i].v.real = i;
	}
	qsort(a, 4, sizeof *a, by_kind);
	printf("%d %ld %g\n", a[0].kind, a[1].v.whole, a[2].v.real);
	h->b = (struct base){1, 1};
	h->x = 1;
	struct derived d = *h;
	printf("%d %d\n", refs((struct base *)h), refs((struct base *)&d));
	address->family = 2;
	printf("%d\n", family((struct any *)address));
	s->length = 5;
	memcpy(s->bytes, "hello", 6);
	struct text *t = copy(s, sizeof *s + 6);
	if (t != NULL)
		printf("%zu %s\n", t->length, t->bytes);
	return 0;
}
