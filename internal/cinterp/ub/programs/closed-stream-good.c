/* A stream is written after it was closed. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("late", f);
	fclose(f);
	puts("done");
	return 0;
}
