#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <time.h>
#include <wchar.h>
#include <unistd.h>
//// use after fclose
int main(void) {
	FILE *f = fopen("a", "w");
	fclose(f);
	fputs("x", f); // UB: closed-stream
}
//// double fclose
int main(void) {
	FILE *f = fopen("a", "w");
	fclose(f);
	fclose(f); // UB: closed-stream
}
//// null stream
int main(void) {
	FILE *f = fopen("none", "r");
	return getc(f); // UB: null-argument
}
//// no stream
int main(void) {
	int x = 0;
	return getc((FILE *)&x); // UB: library-argument
}
//// reading after writing
int main(void) {
	FILE *f = fopen("a", "w+");
	fputs("hello", f);
	return getc(f); // UB: stream-direction
}
//// writing after reading
int main(void) {
	FILE *f = fopen("a", "w+");
	fputs("hello", f);
	rewind(f);
	getc(f);
	fputs("x", f); // UB: stream-direction
}
//// fgets beyond its array
int main(void) {
	char b[10];
	fgets(b, 20, stdin); // UB: library-overflow
}
//// fread beyond its array
int main(void) {
	int b[2];
	fread(b, sizeof b[0], 3, stdin); // UB: library-overflow
}
//// fwrite beyond its array
int main(void) {
	int b[2] = {0};
	fwrite(b, sizeof b[0], 3, stdout); // UB: library-overread
}
//// fwrite of no value
int main(void) {
	int b[2];
	b[0] = 1;
	fwrite(b, sizeof b[0], 2, stdout); // UB: uninitialised-read
}
//// partial element
int main(void) {
	int b[2];
	FILE *f = fopen("a", "w+");
	fputs("abc", f);
	rewind(f);
	fread(b, sizeof b[0], 2, f);
	return b[0]; // UB: uninitialised-read
}
//// scanf with no width
int main(void) {
	char b[8];
	scanf("%s", b); // UB: library-overflow
}
//// scanf set with no width
int main(void) {
	struct { char b[8]; int x; char more[40]; } s;
	scanf("%[0-9]", s.b); // UB: library-overflow
}
//// scanf width off by one
int main(void) {
	char b[8];
	scanf("%8s", b); // UB: library-overflow
}
//// scanf type
int main(void) {
	short s;
	sscanf("1", "%d", &s); // UB: format-argument-type
}
//// scanf double
int main(void) {
	double d;
	sscanf("1", "%f", &d); // UB: format-argument-type
}
//// scanf without address
int main(void) {
	int i = 0;
	sscanf("1", "%d", i); // UB: format-argument-type
}
//// scanf missing
int main(void) {
	int i;
	sscanf("1 2", "%d %d", &i); // UB: format-argument-missing
}
//// scanf range
int main(void) {
	int i;
	scanf("%d", &i); // UB: scanf-range
}
//// scanf conversion
int main(void) {
	int i;
	sscanf("1", "%y", &i); // UB: format-invalid
}
//// fopen mode
int main(void) {
	FILE *f = fopen("a", "z"); // note: fopen-mode
	return f != 0;
}
//// fflush input
int main(void) {
	getchar();
	fflush(stdin); // note: fflush-input
	return 0;
}
//// sprintf overlapping
int main(void) {
	char b[20] = "abc";
	sprintf(b, "%s%s", b, "x"); // UB: overlapping-copy
}
//// snprintf beyond
int main(void) {
	char b[4];
	snprintf(b, 10, "%s", "longer"); // UB: library-overflow
}
//// setvbuf beyond
int main(void) {
	char b[4];
	setvbuf(stdout, b, _IOFBF, 100); // UB: library-overflow
}
//// read beyond
int main(void) {
	char b[4];
	read(0, b, 10); // UB: library-overflow
}
//// write beyond
int main(void) {
	char b[4] = "abc";
	write(1, b, 10); // UB: library-overread
}
//// getline
int main(void) {
	char *line = malloc(3);
	size_t n = 300;
	getline(&line, &n, stdin); // UB: library-overflow
}
