/* The buffer of a stream is looked into. */
#include <stdio.h>

int main(void)
{
	static char room[BUFSIZ];
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	if (setvbuf(f, room, _IOFBF, sizeof room) != 0)
		return 1;
	fputs("abc", f);
	rewind(f);
	int first = fgetc(f);
	printf("%d\n", first == 'z');
	fclose(f);
	return 0;
}
