/* The buffer is chosen after the first output. */
#include <stdio.h>

int main(void)
{
	static char room[BUFSIZ];
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("abc", f);
	setvbuf(f, room, _IOFBF, sizeof room); /* UB */
	fclose(f);
	puts("done");
	return 0;
}
