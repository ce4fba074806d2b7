#ifndef _THREADS_H
#define _THREADS_H 1
#include <time.h>
#define thread_local _Thread_local
#define ONCE_FLAG_INIT { 0 }
#define TSS_DTOR_ITERATIONS 4
typedef unsigned long thrd_t;
typedef unsigned tss_t;
typedef struct { unsigned __id; } cnd_t;
typedef struct { unsigned __id; } mtx_t;
typedef struct { int __done; } once_flag;
typedef int (*thrd_start_t)(void *);
typedef void (*tss_dtor_t)(void *);
enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };
enum { thrd_success = 0, thrd_busy = 1, thrd_error = 2, thrd_nomem = 3, thrd_timedout = 4 };
void call_once(once_flag *flag, void (*func)(void));
int cnd_broadcast(cnd_t *c);
void cnd_destroy(cnd_t *c);
int cnd_init(cnd_t *c);
int cnd_signal(cnd_t *c);
int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict until);
int cnd_wait(cnd_t *c, mtx_t *m);
void mtx_destroy(mtx_t *m);
int mtx_init(mtx_t *m, int type);
int mtx_lock(mtx_t *m);
int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict until);
int mtx_trylock(mtx_t *m);
int mtx_unlock(mtx_t *m);
int thrd_create(thrd_t *t, thrd_start_t func, void *arg);
thrd_t thrd_current(void);
int thrd_detach(thrd_t t);
int thrd_equal(thrd_t a, thrd_t b);
_Noreturn void thrd_exit(int result);
int thrd_join(thrd_t t, int *result);
int thrd_sleep(const struct timespec *want, struct timespec *left);
void thrd_yield(void);
int tss_create(tss_t *key, tss_dtor_t dtor);
void tss_delete(tss_t key);
void *tss_get(tss_t key);
int tss_set(tss_t key, void *value);
#endif
