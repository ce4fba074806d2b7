#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <fenv.h>
#include <sys/time.h>

static volatile sig_atomic_t got;
static void handler(int n) { got = n; }
static void last(void) { puts("last"); }

int main(void) {
	time_t list[] = {0, 1, 86399, 951782400, 951868800, 1700000000, -1, -86401, 4102444800, 253402300799};
	char buf[200];
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		struct tm *t = gmtime(&list[i]);
		printf("%d %d %d %d %d %d %d %d %d\n", t->tm_year, t->tm_mon, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec, t->tm_wday, t->tm_yday, t->tm_isdst);
		printf("%s%s", asctime(t), ctime(&list[i]));
		strftime(buf, sizeof buf, "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %m %M %n %p %r %R %S %t %T %u %U %V %w %W %x %X %y %Y %%", t);
		puts(buf);
		printf("%d\n", mktime(t) == list[i]);
	}
	struct tm t = {.tm_year = 123, .tm_mon = 13, .tm_mday = -5, .tm_hour = 50, .tm_min = -3, .tm_sec = 1000};
	printf("%ld\n", (long)mktime(&t));
	printf("%d %d %d %d %d %d %d %d\n", t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday);
	printf("%g %zu\n", difftime(10, 4), strftime(buf, 3, "%Y", &t));
	struct timespec ts;
	printf("%d ", timespec_get(&ts, TIME_UTC));
	printf("%d\n", ts.tv_sec == time(NULL));
	printf("%d\n", clock_gettime(CLOCK_MONOTONIC, &ts));
	printf("%s %s\n", setlocale(LC_ALL, NULL), setlocale(LC_ALL, "C"));
	printf("%d\n", setlocale(LC_ALL, "xx_YY") == NULL);
	struct lconv *l = localeconv();
	printf("[%s][%s][%s] %d\n", l->decimal_point, l->thousands_sep, l->currency_symbol, l->frac_digits);
	printf("%d\n", signal(SIGINT, handler) == SIG_DFL);
	printf("%d ", raise(SIGINT));
	printf("%d\n", got);
	printf("%d\n", signal(SIGINT, SIG_IGN) == handler);
	printf("%d\n", raise(SIGINT));
	signal(SIGUSR1, handler);
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	printf("%d %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
	got = 0;
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	printf("%d ", got);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("%d\n", got);
	struct sigaction act, was;
	memset(&act, 0, sizeof act);
	act.sa_handler = handler;
	printf("%d ", sigaction(SIGUSR2, &act, NULL));
	printf("%d ", sigaction(SIGUSR2, NULL, &was));
	printf("%d ", was.sa_handler == handler);
	raise(SIGUSR2);
	printf("%d\n", got);
	printf("%d\n", fegetround() == FE_TONEAREST);
	atexit(last);
	exit(5);
}
