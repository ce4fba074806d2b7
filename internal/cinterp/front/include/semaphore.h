#ifndef _SEMAPHORE_H
#define _SEMAPHORE_H 1
#include <time.h>
typedef struct { unsigned __id; unsigned __value; } sem_t;
#define SEM_VALUE_MAX 2147483647
int sem_init(sem_t *s, int shared, unsigned value);
int sem_destroy(sem_t *s);
int sem_wait(sem_t *s);
int sem_trywait(sem_t *s);
int sem_timedwait(sem_t *restrict s, const struct timespec *restrict until);
int sem_post(sem_t *s);
int sem_getvalue(sem_t *restrict s, int *restrict value);
#endif
