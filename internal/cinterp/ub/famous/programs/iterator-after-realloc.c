/*
 * A list of work grows while it is walked: realloc may move it, and the
 * pointer to the current item stays where it was.
 */
#include <stdio.h>
#include <stdlib.h>

struct item { int depth; int done; };

static struct item *list;
static size_t used, room;

static void add(int depth)
{
	if (used == room) {
		room = room == 0 ? 1 : 2 * room;
		struct item *bigger = realloc(list, room * sizeof *list);
		if (bigger == NULL)
			exit(1);
		list = bigger;
	}
	list[used++] = (struct item){depth, 0};
}

int main(void)
{
	add(0);
	for (size_t i = 0; i < used; i++) {
		struct item *it = &list[i];
		if (it->depth < 3) {
			add(it->depth + 1);
			it->done = 1; /* UB */
		}
	}
	printf("%d items\n", (int)used);
	free(list);
	return 0;
}
