/* A parser of JSON that makes a tree, and a writer: builds a text of at least
   SIZE bytes, reads it, writes it again, reads that and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SIZE
#define SIZE 200000
#endif

enum kind { NOTHING, FALSE, TRUE, NUMBER, STRING, LIST, MAP };

struct value {
	enum kind kind;
	double number;
	char *string; /* also of a NUMBER, as it was written */
	char *name;   /* in a MAP */
	struct value *first, *next;
};

struct reader {
	const char *p, *end;
	int depth;
};

struct buffer {
	char *p;
	size_t used, room;
};

static void put(struct buffer *b, const char *s, size_t n)
{
	if (b->room - b->used < n + 1) {
		size_t room = 2 * (b->room + n + 1);
		char *p = realloc(b->p, room);
		if (p == NULL)
			exit(2);
		b->p = p;
		b->room = room;
	}
	memcpy(b->p + b->used, s, n);
	b->used += n;
	b->p[b->used] = 0;
}

static void drop(struct value *v)
{
	while (v != NULL) {
		struct value *next = v->next;
		drop(v->first);
		free(v->string);
		free(v->name);
		free(v);
		v = next;
	}
}

static void space(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
		r->p++;
}

static char *text(struct reader *r)
{
	const char *from = ++r->p;
	size_t n = 0;
	while (r->p < r->end && *r->p != '"') {
		if (*r->p == '\\')
			r->p++;
		r->p++;
	}
	if (r->p >= r->end)
		return NULL;
	char *s = malloc((size_t)(r->p - from) + 1);
	if (s == NULL)
		exit(2);
	for (const char *q = from; q < r->p; q++) {
		char c = *q;
		if (c == '\\') {
			switch (c = *++q) {
			case 'n': c = '\n'; break;
			case 't': c = '\t'; break;
			}
		}
		s[n++] = c;
	}
	s[n] = 0;
	r->p++;
	return s;
}

static int word(struct reader *r, const char *w)
{
	size_t n = strlen(w);
	if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
		return 0;
	r->p += n;
	return 1;
}

static int number(struct reader *r, struct value *v)
{
	const char *from = r->p;
	double d = 0, scale = 1;
	int minus = *r->p == '-';
	if (minus)
		r->p++;
	if (r->p >= r->end || *r->p < '0' || *r->p > '9')
		return 0;
	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
		d = d * 10 + (*r->p - '0');
	if (r->p < r->end && *r->p == '.')
		for (r->p++; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
			d += (*r->p - '0') * (scale /= 10);
	v->kind = NUMBER;
	v->number = minus ? -d : d;
	v->string = malloc((size_t)(r->p - from) + 1);
	if (v->string == NULL)
		exit(2);
	memcpy(v->string, from, (size_t)(r->p - from));
	v->string[r->p - from] = 0;
	return 1;
}

static struct value *parse(struct reader *r);

static int members(struct reader *r, struct value *v, char close)
{
	struct value **at = &v->first;
	v->kind = close == ']' ? LIST : MAP;
	r->p++;
	space(r);
	if (r->p < r->end && *r->p == close) {
		r->p++;
		return 1;
	}
	for (;;) {
		char *name = NULL;
		if (close == '}') {
			space(r);
			if (r->p >= r->end || *r->p != '"' || (name = text(r)) == NULL)
				return 0;
			space(r);
			if (r->p >= r->end || *r->p++ != ':') {
				free(name);
				return 0;
			}
		}
		*at = parse(r);
		if (*at == NULL) {
			free(name);
			return 0;
		}
		(*at)->name = name;
		at = &(*at)->next;
		space(r);
		if (r->p >= r->end)
			return 0;
		if (*r->p == close) {
			r->p++;
			return 1;
		}
		if (*r->p++ != ',')
			return 0;
	}
}

static struct value *parse(struct reader *r)
{
	int ok = 0;
	space(r);
	if (r->p >= r->end || r->depth > 100)
		return NULL;
	struct value *v = calloc(1, sizeof *v);
	if (v == NULL)
		exit(2);
	r->depth++;
	switch (*r->p) {
	case '{':
		ok = members(r, v, '}');
		break;
	case '[':
		ok = members(r, v, ']');
		break;
	case '"':
		v->kind = STRING;
		ok = (v->string = text(r)) != NULL;
		break;
	case 't':
		v->kind = TRUE;
		ok = word(r, "true");
		break;
	case 'f':
		v->kind = FALSE;
		ok = word(r, "false");
		break;
	case 'n':
		ok = word(r, "null");
		break;
	default:
		ok = number(r, v);
	}
	r->depth--;
	if (!ok) {
		drop(v);
		return NULL;
	}
	return v;
}

static void quoted(struct buffer *b, const char *s)
{
	put(b, "\"", 1);
	for (; *s != 0; s++) {
		if (*s == '"' || *s == '\\')
			put(b, "\\", 1);
		if (*s == '\n')
			put(b, "\\n", 2);
		else
			put(b, s, 1);
	}
	put(b, "\"", 1);
}

static void show(struct buffer *b, const struct value *v)
{
	switch (v->kind) {
	case NOTHING: put(b, "null", 4); break;
	case FALSE: put(b, "false", 5); break;
	case TRUE: put(b, "true", 4); break;
	case NUMBER: put(b, v->string, strlen(v->string)); break;
	case STRING: quoted(b, v->string); break;
	default:
		put(b, v->kind == LIST ? "[" : "{", 1);
		for (const struct value *e = v->first; e != NULL; e = e->next) {
			if (e->name != NULL) {
				quoted(b, e->name);
				put(b, ":", 1);
			}
			show(b, e);
			if (e->next != NULL)
				put(b, ",", 1);
		}
		put(b, v->kind == LIST ? "]" : "}", 1);
	}
}

static double sum(const struct value *v)
{
	double d = v->number;
	for (const struct value *e = v->first; e != NULL; e = e->next)
		d += sum(e);
	return d;
}

int main(void)
{
	struct buffer in = {0}, one = {0}, two = {0};
	put(&in, "[", 1);
	for (unsigned i = 0; in.used < SIZE; i++) {
		char line[200];
		int n = snprintf(line, sizeof line,
			"%s\n  {\"number\": %u, \"name\": \"entry \\\"%u\\\"\", \"part\": %u.%u, \"list\": [1, -2, true, null, {}], \"map\": {\"a\": false}}",
			i > 0 ? "," : "", i, i * 7919u % 1000u, i % 97u, i % 10u);
		put(&in, line, (size_t)n);
	}
	put(&in, "\n]\n", 3);
	struct reader r = {in.p, in.p + in.used, 0};
	struct value *v = parse(&r);
	if (v == NULL)
		return 1;
	show(&one, v);
	struct reader again = {one.p, one.p + one.used, 0};
	struct value *w = parse(&again);
	if (w == NULL)
		return 1;
	show(&two, w);
	if (one.used != two.used || memcmp(one.p, two.p, one.used) != 0 || sum(v) != sum(w))
		return 1;
	printf("%lu %lu %.1f\n", (unsigned long)in.used, (unsigned long)one.used, sum(v));
	drop(v);
	drop(w);
	free(in.p);
	free(one.p);
	free(two.p);
	return 0;
}
