/* A freed text is given to the library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct person { char *name; };

static void rename_to(struct person *p, const char *name)
{
	char *fresh = malloc(8);
	if (fresh != NULL)
		strcpy(fresh, name);
	free(p->name);
	p->name = fresh;
}

int main(void)
{
	struct person p = {malloc(8)};
	if (p.name == NULL)
		return 1;
	strcpy(p.name, "Ada");
	rename_to(&p, p.name);
	puts("renamed");
	free(p.name);
	return 0;
}
