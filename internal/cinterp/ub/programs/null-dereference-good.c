/* What was not found is used. */
#include <stdio.h>

struct entry { int key; int value; };

static struct entry table[] = {{1, 10}, {2, 20}};

static struct entry *find(int key)
{
	for (int i = 0; i < 2; i++)
		if (table[i].key == key)
			return &table[i];
	return NULL;
}

int main(void)
{
	struct entry *e = find(3);
	printf("%d\n", e != NULL ? e->value : -1);
	return 0;
}
