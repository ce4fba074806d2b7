#ifndef _UTIME_H
#define _UTIME_H 1
#include <sys/types.h>
struct utimbuf { time_t actime; time_t modtime; };
int utime(const char *name, const struct utimbuf *times);
#endif
