/* The buffer is chosen after the first output. */
#include <stdio.h>

int main(void)
{
	static char room[BUFSIZ];
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	setvbuf(f, room, _IOFBF, sizeof room);
	fputs("abc", f);
	fclose(f);
	puts("done");
	return 0;
}
