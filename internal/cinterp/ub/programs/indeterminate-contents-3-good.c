/* A line is used that could not be read: the stream is for writing only. */
#include <stdio.h>

int main(void)
{
	const char *name = "steward-ub-write.txt";
	char line[16] = "before";
	FILE *f = fopen(name, "w");
	if (f == NULL)
		return 1;
	char *got = fgets(line, sizeof line, f);
	int failed = got == NULL && ferror(f);
	fclose(f);
	remove(name);
	printf("%d %d\n", failed != 0, !failed && line[0] == 'z');
	return 0;
}
