/* fgets is given room for a negative number of characters. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	char line[8] = "";
	if (f == NULL)
		return 1;
	fputs("text\n", f);
	rewind(f);
	int room = -1;
	char *got = fgets(line, room, f); /* UB */
	printf("%d\n", got != NULL);
	fclose(f);
	return 0;
}
