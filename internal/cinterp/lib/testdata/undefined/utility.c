#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>
#include <ctype.h>
#include <time.h>
#include <wchar.h>
#include <signal.h>
static int bad(const void *a, const void *b) { return *(const int *)a > *(const int *)b; }
static int good(const void *a, const void *b) { return bad(a, b) - bad(b, a); }
//// comparison of two answers
int main(void) {
	int a[] = {3, 1, 2};
	qsort(a, 3, sizeof *a, bad); // UB: comparison-inconsistent
}
//// comparison that writes
static int writes(const void *a, const void *b) { *(int *)a += 1; return good(a, b); } // UB: comparison-modifies
int main(void) {
	int a[] = {30, 10, 20};
	qsort(a, 3, sizeof *a, writes);
}
//// bsearch unsorted
int main(void) {
	int a[] = {3, 1, 2}, k = 2;
	return bsearch(&k, a, 3, sizeof *a, good) != 0; // UB: bsearch-unsorted
}
//// qsort too far
int main(void) {
	int a[] = {3, 1, 2};
	qsort(a, 4, sizeof *a, good); // UB: library-overflow
}
//// abs
int main(void) {
	volatile int n = INT_MIN;
	return abs(n); // UB: library-integer-overflow
}
//// labs
int main(void) {
	volatile long n = LONG_MIN;
	return labs(n) > 0; // UB: library-integer-overflow
}
//// div
int main(void) {
	volatile int n = 0;
	return div(1, n).quot; // UB: library-integer-overflow
}
//// atoi
int main(void) {
	return atoi("99999999999"); // UB: library-integer-overflow
}
//// getenv
int main(void) {
	setenv("A", "abc", 1);
	getenv("A")[0] = 'x'; // UB: library-result-write
}
//// strerror
int main(void) {
	strerror(1)[0] = 'x'; // UB: library-result-write
}
//// asctime
int main(void) {
	struct tm t = {.tm_year = 9000};
	puts(asctime(&t)); // UB: asctime-range
}
//// asctime month
int main(void) {
	struct tm t = {.tm_mday = 1, .tm_mon = 12};
	puts(asctime(&t)); // UB: asctime-range
}
//// strftime uninitialised
int main(void) {
	struct tm t;
	char b[20];
	t.tm_year = 100;
	strftime(b, sizeof b, "%Y %m", &t); // UB: uninitialised-read
}
//// strftime conversion
int main(void) {
	struct tm t = {0};
	char b[20];
	strftime(b, sizeof b, "%Q", &t); // UB: format-invalid
}
//// wcscpy
int main(void) {
	wchar_t b[3];
	wcscpy(b, L"abc"); // UB: library-overflow
}
//// wcslen
int main(void) {
	wchar_t b[3] = {L'a', L'b', L'c'};
	return wcslen(b); // UB: unterminated-string
}
//// toupper
int main(void) {
	char c = (char)0xe9;
	return toupper(c); // UB: ctype-argument
}
//// memmem
int main(void) {
	char b[4] = "abc";
	return memmem(b, 10, "x", 1) != 0; // UB: library-overread
}
//// strtol end
int main(void) {
	const char **end = 0;
	char b[3] = {'1', '2', '3'};
	return strtol(b, 0, 10); // UB: unterminated-string
}
//// exit twice
static void again(void) { exit(1); } // UB: exit-twice
int main(void) {
	atexit(again);
	exit(0);
}
