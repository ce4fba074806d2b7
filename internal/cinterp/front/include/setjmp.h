#ifndef _SETJMP_H
#define _SETJMP_H 1
#include <features.h>
/* The interpreter keeps the environment; the array holds its number. */
typedef struct { __UINT64_TYPE__ __env; int __mask; } jmp_buf[1];
int setjmp(jmp_buf env);
_Noreturn void longjmp(jmp_buf env, int val);
#define setjmp(env) setjmp(env)
#ifdef __STEWARD_POSIX
typedef jmp_buf sigjmp_buf;
int sigsetjmp(sigjmp_buf env, int mask);
_Noreturn void siglongjmp(sigjmp_buf env, int val);
#define sigsetjmp(env, mask) sigsetjmp(env, mask)
#endif
#ifdef __STEWARD_MISC
int _setjmp(jmp_buf env);
_Noreturn void _longjmp(jmp_buf env, int val);
#endif
#endif
