#ifndef _SYS_TIME_H
#define _SYS_TIME_H 1
#include <sys/types.h>
struct timeval { time_t tv_sec; suseconds_t tv_usec; };
struct timezone { int tz_minuteswest; int tz_dsttime; };
int gettimeofday(struct timeval *restrict to, void *restrict zone);
int utimes(const char *name, const struct timeval times[2]);
#ifdef __STEWARD_MISC
#define timerisset(t) ((t)->tv_sec || (t)->tv_usec)
#define timerclear(t) ((t)->tv_sec = (t)->tv_usec = 0)
#endif
#endif
