#ifndef _TIME_H
#define _TIME_H 1
#include <features.h>
typedef __SIZE_TYPE__ size_t;
typedef long clock_t;
typedef __INT64_TYPE__ time_t;
#undef NULL
#define NULL ((void *)0)
#define CLOCKS_PER_SEC ((clock_t)1000000)
#define TIME_UTC 1
#ifndef _STRUCT_TIMESPEC
#define _STRUCT_TIMESPEC 1
struct timespec { time_t tv_sec; long tv_nsec; };
#endif
struct tm {
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon;
	int tm_year;
	int tm_wday;
	int tm_yday;
	int tm_isdst;
#ifdef __STEWARD_MISC
	long tm_gmtoff;
	const char *tm_zone;
#else
	long __tm_gmtoff;
	const char *__tm_zone;
#endif
};
clock_t clock(void);
double difftime(time_t a, time_t b);
time_t mktime(struct tm *t);
time_t time(time_t *t);
int timespec_get(struct timespec *to, int base);
char *asctime(const struct tm *t);
char *ctime(const time_t *t);
struct tm *gmtime(const time_t *t);
struct tm *localtime(const time_t *t);
size_t strftime(char *restrict to, size_t n, const char *restrict format, const struct tm *restrict t);
#ifdef __STEWARD_POSIX
typedef int clockid_t;
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
char *asctime_r(const struct tm *restrict t, char *restrict to);
char *ctime_r(const time_t *t, char *to);
struct tm *gmtime_r(const time_t *restrict t, struct tm *restrict to);
struct tm *localtime_r(const time_t *restrict t, struct tm *restrict to);
int clock_gettime(clockid_t id, struct timespec *to);
int clock_getres(clockid_t id, struct timespec *to);
int nanosleep(const struct timespec *want, struct timespec *left);
void tzset(void);
extern char *tzname[2];
extern long timezone;
extern int daylight;
char *strptime(const char *restrict s, const char *restrict format, struct tm *restrict t);
#endif
#ifdef __STEWARD_MISC
time_t timegm(struct tm *t);
#endif
#endif
