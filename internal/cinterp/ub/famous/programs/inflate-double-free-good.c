/*
 * A decoder frees its table when the data is damaged; the caller, who sees the
 * error, cleans up once more.
 */
#include <stdio.h>
#include <stdlib.h>

struct decoder { int *table; int length; };

static int start(struct decoder *d, const unsigned char *data, int size)
{
	d->length = size;
	d->table = malloc((size_t)size * sizeof *d->table);
	if (d->table == NULL)
		return -1;
	for (int i = 0; i < size; i++) {
		if (data[i] > 15) {
			free(d->table);
			d->table = NULL;
			return -1;
		}
		d->table[i] = data[i];
	}
	return 0;
}

static void finish(struct decoder *d)
{
	free(d->table);
	d->table = NULL;
}

int main(void)
{
	const unsigned char damaged[] = {3, 5, 200, 1};
	struct decoder d = {NULL, 0};
	int r = start(&d, damaged, 4);
	finish(&d);
	printf("%d\n", r);
	return 0;
}
