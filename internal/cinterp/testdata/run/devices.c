// Devices of a POSIX system that never end are there, and the same each time.
// want: clean
// out: 0 0 16 1
#include <stdio.h>
#include <string.h>

int main(void)
{
	unsigned char zero[4] = {1, 1, 1, 1}, a[16], b[16];
	FILE *f = fopen("/dev/zero", "r"), *g = fopen("/dev/urandom", "rb");

	if (f == NULL || g == NULL) {
		return 1;
	}
	size_t n = fread(zero, 1, 4, f);
	printf("%d %d ", zero[0], n == 4 ? zero[3] : -1);
	n = fread(a, 1, 16, g);
	if (fread(b, 1, 16, g) != 16) {
		return 1;
	}
	printf("%d %d\n", (int)n, memcmp(a, b, 16) != 0);
	fclose(f);
	fclose(g);
	return 0;
}
