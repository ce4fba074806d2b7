#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H 1
#include <sys/time.h>
typedef unsigned long rlim_t;
#define RLIM_INFINITY ((rlim_t)-1)
#define RLIMIT_CPU 0
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_NOFILE 7
#define RLIMIT_AS 9
#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)
struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
struct rusage { struct timeval ru_utime; struct timeval ru_stime; long ru_maxrss; long ru_minflt; long ru_majflt; };
int getrlimit(int what, struct rlimit *to);
int setrlimit(int what, const struct rlimit *from);
int getrusage(int who, struct rusage *to);
#endif
