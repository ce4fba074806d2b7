// What is written to /dev/null is lost.
// want: clean
// out: 1 -1 0
#include <stdio.h>

int main(void)
{
	FILE *f = fopen("/dev/null", "w+");
	int wrote, got;
	long end;

	if (f == NULL) {
		return 1;
	}
	wrote = fputs("text", f) >= 0;
	rewind(f);
	got = fgetc(f);
	fseek(f, 0, SEEK_END);
	end = ftell(f);
	fclose(f);
	printf("%d %d %ld\n", wrote, got, end);
	return 0;
}
