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
	return b[0]; // UB: indeterminate-contents
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
//// flag with d
int main(void) {
	printf("%#d", 1); // UB: format-invalid
}
//// zero with s
int main(void) {
	printf("%05s", "x"); // UB: format-invalid
}
//// precision with c
int main(void) {
	printf("%.3c", 1); // UB: format-invalid
}
//// length with f
int main(void) {
	printf("%hf", 1.0); // UB: format-invalid
}
//// L with d
int main(void) {
	printf("%Ld", 1); // UB: format-invalid
}
//// width of percent
int main(void) {
	printf("%5%"); // UB: format-invalid
}
//// width of n
int main(void) {
	printf("%5n", &(int){0}); // UB: format-invalid
}
//// printf type
int main(void) {
	printf("%d", 1.0); // UB: format-argument-type
}
//// printf long
int main(void) {
	printf("%d", 1L); // UB: format-argument-type
}
//// printf missing
int main(void) {
	printf("%d %d", 1); // UB: format-argument-missing
}
//// printf string of an int
int main(void) {
	printf("%s", 5); // UB: format-argument-type
}
//// wprintf type
int main(void) {
	wprintf(L"%s", 5); // UB: format-argument-type
}
//// swprintf beyond
int main(void) {
	wchar_t w[3];
	swprintf(w, 10, L"%d", 12345); // UB: library-overflow
}
//// bytes on a wide stream
int main(void) {
	wprintf(L"x");
	printf("y"); // note: stream-orientation
	return 0;
}
//// sscanf beyond the text
int main(void) {
	char t[3] = {'1', '2', '3'};
	int i;
	sscanf(t, "%d", &i); // UB: unterminated-string
}
//// freed name
int main(void) {
	char *p = strdup("a");
	free(p);
	fopen(p, "r"); // UB: use-after-free
}
//// stat
#include <sys/stat.h>
int main(void) {
	stat("a", NULL);
	struct stat *p = malloc(10);
	stat(".", p); // UB: library-overflow
}
//// closedir twice
#include <dirent.h>
int main(void) {
	DIR *d = opendir(".");
	closedir(d);
	closedir(d); // UB: closed-stream
}
//// dirent after closedir
#include <dirent.h>
int main(void) {
	DIR *d = opendir(".");
	struct dirent *e = readdir(d);
	closedir(d);
	return e->d_name[0]; // UB: use-after-free
}
//// open without a mode
#include <fcntl.h>
int main(void) {
	return open("a", O_CREAT | O_WRONLY); // UB: library-argument
}
//// freed stream read again
int main(void) {
	FILE *f = tmpfile();
	FILE *g = f;
	fclose(f);
	return feof(g); // UB: closed-stream
}
//// ungetc of a binary stream
int main(void) {
	FILE *f = tmpfile();
	ungetc('x', f);
	return ftell(f) > 5; // note: ungetc-position
}
//// fsetpos of another file
int main(void) {
	FILE *f = tmpfile(), *g = tmpfile();
	fpos_t p;
	fgetpos(f, &p);
	fsetpos(g, &p); // note: fsetpos-value
	return 0;
}
//// getcwd
int main(void) {
	char b[3];
	getcwd(b, 100); // UB: library-overflow
}
//// perror null is allowed, a bad string is not
int main(void) {
	perror(NULL);
	char b[2] = {'a', 'b'};
	perror(b); // UB: unterminated-string
}
