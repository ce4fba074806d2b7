#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include <errno.h>

static int sgn(int n) { return (n > 0) - (n < 0); }

int main(void) {
	wchar_t a[20], b[20];
	wcscpy(a, L"hello");
	wcscat(a, L" wide");
	wcsncpy(b, a, 5);
	b[5] = 0;
	wcsncat(b, L"XYZ", 2);
	printf("%zu %zu %zu\n", wcslen(a), wcslen(b), wcsnlen(a, 3));
	printf("%d %d %d\n", sgn(wcscmp(a, b)), sgn(wcsncmp(a, b, 5)), sgn(wmemcmp(a, b, 6)));
	printf("%td %td %d\n", wcschr(a, L'o') - a, wcsrchr(a, L'e') - a, wcschr(a, L'q') == NULL);
	printf("%td %zu %zu %td\n", wcsstr(a, L"wid") - a, wcsspn(a, L"hel"), wcscspn(a, L" "), wcspbrk(a, L"xw") - a);
	wmemset(b, L'z', 3);
	wmemmove(b + 1, L"ab", 2);
	printf("%d %d %td\n", (int)b[0], (int)b[1], wmemchr(b, L'b', 5) - b);
	wchar_t text[] = L"a b,c", *state;
	for (wchar_t *p = wcstok(text, L" ,", &state); p; p = wcstok(NULL, L" ,", &state)) printf("%zu", wcslen(p));
	wchar_t *end;
	printf("\n%ld %lu %g\n", wcstol(L"-12x", &end, 10), wcstoul(L"ff", NULL, 16), wcstod(L"2.5e1z", NULL));
	for (int i = 0; i < 128; i++)
		printf("%d", !!iswalpha(i) + 2 * !!iswdigit(i) + 4 * !!iswspace(i) + 8 * !!iswpunct(i) + 16 * !!iswupper(i) + 32 * !!iswprint(i) + 64 * !!iswxdigit(i));
	printf("\n%d %d %d\n", (int)towupper(L'a'), (int)towlower(L'Q'), !!iswctype(L'5', wctype("digit")));
	printf("%d %d\n", swprintf(a, 20, L"%d-%s", 42, "x"), swprintf(a, 3, L"%d", 12345) < 0);
	char c[20];
	mbstate_t st = {0};
	printf("%zu %zu %d\n", mbrtowc(a, "A", 1, &st), wcrtomb(c, L'B', &st), mbsinit(&st));
	const char *from = "many";
	printf("%zu ", mbsrtowcs(a, &from, 20, &st));
	printf("%d\n", from == NULL);
	const wchar_t *wfrom = L"back";
	printf("%zu ", wcsrtombs(c, &wfrom, 20, &st));
	printf("%s\n", c);
	printf("%d %d %d\n", (int)btowc('x'), wctob(L'y'), btowc(EOF) == WEOF);
	printf("%d\n", (int)mbrlen("\xff", 1, &st));
	printf("%d\n", errno == EILSEQ);
	FILE *f = fopen("w", "w+");
	printf("%d\n", fwide(f, 0));
	fputws(L"wide line\nnext", f);
	fwprintf(f, L" %d %s\n", 7, "end");
	rewind(f);
	printf("%d %d\n", fwide(f, 0) > 0, (int)getwc(f));
	fgetws(a, 20, f);
	printf("%zu\n", wcslen(a));
	fclose(f);
	wchar_t *d = wcsdup(L"copy");
	printf("%d %d %d\n", wcscmp(d, L"copy"), wcscasecmp(L"ABC", L"abd") < 0, wcwidth(L'a'));
	free(d);
	return 0;
}
