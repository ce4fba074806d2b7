// Functions that run before and after main, GNU's own.
// want: clean
// out: first
// out: second
// out: main
// out: handler
// out: last
#include <stdio.h>
#include <stdlib.h>

static void first(void) __attribute__((constructor));
static void first(void) { puts("first"); }
__attribute__((__constructor__)) static void second(void) { puts("second"); }
static __attribute__((destructor)) void last(void) { puts("last"); }
static void handler(void) { puts("handler"); }

int main(void)
{
	puts("main");
	return atexit(handler);
}
