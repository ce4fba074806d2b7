/* A record is copied to its own place. */
#include <stdio.h>
#include <string.h>

struct record { int id; char name[12]; };

static void keep(struct record *to, const struct record *from)
{
	if (to != from)
		memcpy(to, from, sizeof *to);
}

int main(void)
{
	struct record r = {1, "one"};
	keep(&r, &r);
	printf("%s\n", r.name);
	return 0;
}
