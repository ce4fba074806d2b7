/*
 * A cache throws out its oldest entry to make room; the name that it was asked
 * for belongs to that entry.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 2

struct entry { char *name; int hits; };

static struct entry *cache[PLACES];
static int next;

static struct entry *insert(const char *name)
{
	struct entry *old = cache[next];
	if (old != NULL) {
		free(old->name);
		free(old);
	}
	struct entry *e = malloc(sizeof *e);
	if (e == NULL)
		exit(1);
	e->name = malloc(8);
	if (e->name == NULL)
		exit(1);
	strcpy(e->name, name); /* UB */
	e->hits = 0;
	cache[next] = e;
	next = (next + 1) % PLACES;
	return e;
}

int main(void)
{
	struct entry *first = insert("alpha");
	insert("beta");
	struct entry *again = insert(first->name);
	printf("%s\n", again->name);
	for (int i = 0; i < PLACES; i++) {
		free(cache[i]->name);
		free(cache[i]);
	}
	return 0;
}
