#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

static int byInt(const void *a, const void *b) {
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}
struct person { char name[8]; int age; };
static int byName(const void *a, const void *b) { return strcmp(((const struct person *)a)->name, ((const struct person *)b)->name); }
static int byArg(const void *a, const void *b, void *k) { return *(int *)k * byInt(a, b); }

static void number(const char *s, int base) {
	char *end;
	errno = 0;
	long v = strtol(s, &end, base);
	printf("%s base %d: %ld rest [%s] errno %d\n", s, base, v, end, errno);
	errno = 0;
	unsigned long u = strtoul(s, &end, base);
	printf("  %lu rest [%s] errno %d\n", u, end, errno);
}
static void floating(const char *s) {
	char *end;
	errno = 0;
	double v = strtod(s, &end);
	printf("%s: %.17g rest [%s] errno %d\n", s, v, end, errno);
	errno = 0;
	float f = strtof(s, &end);
	printf("  %.9g rest [%s] errno %d\n", f, end, errno);
}
int main(void) {
	const char *ints[] = {"0", "42", "  -17x", "0x1F", "077", "zz", "", "-", "+5", "99999999999999999999", "-99999999999999999999", "0x", "0xg", "7fffffffffffffff"};
	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
		number(ints[i], 10);
		number(ints[i], 0);
		number(ints[i], 16);
		number(ints[i], 36);
	}
	const char *floats[] = {"0", "1.5", " -2.5e3x", ".5", "5.", "1e", "1e+", "inf", "-INFINITY", "nan", "nan(12)z", "0x1.8p3", "0x.p1", "0x", "1e400", "-1e400", "1e-400", "4.9e-324", "2.2250738585072011e-308", "3.4e38", "1e39", "1e-46", "abc", "", "infinit", "1.17549435e-38", "0.1", "16777217", "1e23"};
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) floating(floats[i]);
	printf("%d %ld %lld %g\n", atoi("12x"), atol("-5"), atoll("123456789012"), atof("2.5"));
	printf("%d %ld %lld %jd\n", abs(-5), labs(-6L), llabs(-7LL), imaxabs(-8));
	div_t d = div(-7, 2);
	ldiv_t l = ldiv(7, -2);
	lldiv_t ll = lldiv(100, 7);
	imaxdiv_t m = imaxdiv(9, 4);
	printf("%d %d %ld %ld %lld %lld %jd %jd\n", d.quot, d.rem, l.quot, l.rem, ll.quot, ll.rem, m.quot, m.rem);
	int a[] = {5, 3, 9, 1, 3, 7, -2, 0};
	qsort(a, 8, sizeof *a, byInt);
	for (int i = 0; i < 8; i++) printf("%d ", a[i]);
	int sign = -1;
	qsort_r(a, 8, sizeof *a, byArg, &sign);
	for (int i = 0; i < 8; i++) printf("%d ", a[i]);
	qsort(a, 8, sizeof *a, byInt);
	int key = 7, *p = bsearch(&key, a, 8, sizeof *a, byInt);
	printf("\n%td ", p - a);
	key = 8;
	printf("%d\n", bsearch(&key, a, 8, sizeof *a, byInt) == NULL);
	struct person people[] = {{"carol", 3}, {"alice", 1}, {"bob", 2}};
	qsort(people, 3, sizeof *people, byName);
	for (int i = 0; i < 3; i++) printf("%s %d\n", people[i].name, people[i].age);
	printf("%s %d %d\n", getenv("HOME"), getenv("NONE") == NULL, *getenv("EMPTY"));
	setenv("NEW", "value", 1);
	setenv("NEW", "other", 0);
	printf("%s ", getenv("NEW"));
	unsetenv("NEW");
	printf("%d\n", getenv("NEW") == NULL);
	void *q = aligned_alloc(64, 128);
	printf("%d %d\n", q != NULL, (uintptr_t)q % 64 == 0);
	free(q);
	printf("%d\n", posix_memalign(&q, 256, 10));
	free(q);
	srand(1);
	int r = rand(), s = rand();
	srand(1);
	int r2 = rand(), s2 = rand();
	printf("%d %d\n", r == r2, s == s2);
	wchar_t w[8];
	char b[8];
	printf("%d ", mblen("ab", 2));
	printf("%d ", mbtowc(w, "x", 1));
	printf("%zu ", mbstowcs(w, "wide", 8));
	size_t n = wcstombs(b, w, 8);
	printf("%zu %s ", n, b);
	printf("%d\n", wctomb(b, L'q'));
	printf("%d\n", (int)MB_CUR_MAX);
	return 0;
}
