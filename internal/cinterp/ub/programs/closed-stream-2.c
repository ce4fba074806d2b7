/* A stream is closed twice. */
#include <stdio.h>

static void finish(FILE *f) { fclose(f); }

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("x", f);
	finish(f);
	int r = fclose(f); /* UB */
	printf("%d\n", r == 99);
	return 0;
}
