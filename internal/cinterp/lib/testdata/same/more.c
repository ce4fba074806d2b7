#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <time.h>

static int sgn(int n) { return (n > 0) - (n < 0); }

int main(void) {
	const char *v[] = {"no digit", "part0", "a1", "a9", "a10", "a01", "a010", "a09", "000", "00", "01", "010", "09", "0", "1", "9", "10", "foo-1.9", "foo-1.10"};
	for (int i = 0; i < 19; i++) {
		for (int j = 0; j < 19; j++) printf("%d ", sgn(strverscmp(v[i], v[j])));
		puts("");
	}
	int a, b;
	char s[20];
	wchar_t w[40];
	printf("%d ", swscanf(L"12 abc -3", L"%d %s %d", &a, s, &b));
	printf("%d %s %d\n", a, s, b);
	time_t t = 1700000000;
	printf("%zu ", wcsftime(w, 40, L"%Y-%m-%d", gmtime(&t)));
	printf("%zu %d\n", wcslen(w), (int)w[9]);
	char buf[40] = "0123456789";
	printf("%s ", (char *)memccpy(buf + 20, "abcdef", 'c', 10) - 3);
	printf("%d\n", memccpy(buf + 20, "abc", 'z', 3) == NULL);
	printf("%zu %s\n", strxfrm(buf, "transform", 40), buf);
	printf("%s\n", (char *)memrchr("a/b/c", '/', 5));
	swab("abcdef", buf, 6);
	printf("%.6s\n", buf);
	char copy[10];
	memset(copy, '#', 10);
	printf("%d ", (int)(stpncpy(copy, "ab", 5) - copy));
	printf("%d%d%c\n", copy[2], copy[4], copy[5]);
	char *rest = "";
	printf("%ld %s\n", strtol("12 rest", &rest, 10), rest + 0 == 0 ? "" : "x");
	FILE *f = fopen("t", "w+b");
	for (int i = 0; i < 100; i++) fprintf(f, "%d ", i * i);
	rewind(f);
	int n = 0, x, sum = 0;
	while (fscanf(f, "%d", &x) == 1) n++, sum += x;
	printf("%d %d %d\n", n, sum, feof(f) != 0);
	fseek(f, 10, SEEK_SET);
	fputs("XXX", f);
	fseek(f, 8, SEEK_SET);
	printf("%s\n", fgets(buf, 10, f));
	fclose(f);
	f = fopen("t", "a+b");
	fseek(f, 0, SEEK_SET);
	printf("%d ", getc(f));
	fseek(f, 0, SEEK_CUR);
	fputs("end", f);
	printf("%ld\n", ftell(f));
	fclose(f);
	f = fopen("gap", "wb");
	fseek(f, 5, SEEK_SET);
	putc('x', f);
	fclose(f);
	f = fopen("gap", "rb");
	for (x = getc(f); x != EOF; x = getc(f)) printf("%d ", x);
	puts("");
	printf("%ls|%5ls|%.2ls|%lc\n", L"wide", L"ab", L"cdef", (wint_t)L'q');
	char data[] = "line one\nline two";
	f = fmemopen(data, sizeof data - 1, "r");
	while (fgets(buf, sizeof buf, f)) printf("%s", buf);
	printf("%d\n", feof(f) != 0);
	fclose(f);
	return 0;
}
