#ifndef _ERR_H
#define _ERR_H 1
void warn(const char *format, ...);
void warnx(const char *format, ...);
void vwarn(const char *format, __builtin_va_list ap);
void vwarnx(const char *format, __builtin_va_list ap);
_Noreturn void err(int status, const char *format, ...);
_Noreturn void errx(int status, const char *format, ...);
_Noreturn void verr(int status, const char *format, __builtin_va_list ap);
_Noreturn void verrx(int status, const char *format, __builtin_va_list ap);
#endif
