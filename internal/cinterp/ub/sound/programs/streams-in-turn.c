/* 7.21.5.3p7: a seek or a flush stands between writing and reading; the end of a file needs none. */
#include <stdio.h>

int main(void)
{
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fputs("12 abc", f);
	rewind(f);
	int n = 0;
	char word[8] = "";
	int got = fscanf(f, "%d %7s", &n, word);
	int end = fgetc(f);
	fputs("!", f);
	fflush(f);
	fseek(f, 0, SEEK_SET);
	int first = fgetc(f);
	ungetc(first, f);
	int again = fgetc(f);
	printf("%d %d %s %d %c\n", got, n, word, end == EOF, again);
	fclose(f);
	return 0;
}
