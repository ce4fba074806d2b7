/* An offset in a text stream is made up. */
#include <stdio.h>

int main(void)
{
	const char *name = "steward-ub-text.txt";
	FILE *f = fopen(name, "w+");
	if (f == NULL)
		return 1;
	fputs("abc\n", f);
	fseek(f, -2, SEEK_CUR); /* UB */
	printf("%d\n", fgetc(f) == 'z');
	fclose(f);
	remove(name);
	return 0;
}
