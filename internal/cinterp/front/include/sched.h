#ifndef _SCHED_H
#define _SCHED_H 1
#include <time.h>
int sched_yield(void);
#endif
