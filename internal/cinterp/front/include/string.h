#ifndef _STRING_H
#define _STRING_H 1
#include <features.h>
typedef __SIZE_TYPE__ size_t;
#undef NULL
#define NULL ((void *)0)
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
char *strcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t n);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
int strcmp(const char *a, const char *b);
int strcoll(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
size_t strxfrm(char *restrict to, const char *restrict from, size_t n);
void *memchr(const void *s, int c, size_t n);
char *strchr(const char *s, int c);
size_t strcspn(const char *s, const char *set);
char *strpbrk(const char *s, const char *set);
char *strrchr(const char *s, int c);
size_t strspn(const char *s, const char *set);
char *strstr(const char *s, const char *what);
char *strtok(char *restrict s, const char *restrict set);
void *memset(void *s, int c, size_t n);
char *strerror(int number);
size_t strlen(const char *s);
#ifdef __STEWARD_POSIX
char *strdup(const char *s);
char *strndup(const char *s, size_t n);
size_t strnlen(const char *s, size_t n);
char *strtok_r(char *restrict s, const char *restrict set, char **restrict state);
char *stpcpy(char *restrict to, const char *restrict from);
char *stpncpy(char *restrict to, const char *restrict from, size_t n);
void *memccpy(void *restrict to, const void *restrict from, int c, size_t n);
char *strsignal(int number);
int strerror_r(int number, char *to, size_t n);
#endif
#ifdef __STEWARD_MISC
#include <strings.h>
char *strsep(char **restrict s, const char *restrict set);
void explicit_bzero(void *s, size_t n);
#endif
#ifdef __STEWARD_GNU
void *memmem(const void *s, size_t n, const void *what, size_t m);
void *memrchr(const void *s, int c, size_t n);
void *mempcpy(void *restrict to, const void *restrict from, size_t n);
void *rawmemchr(const void *s, int c);
char *strchrnul(const char *s, int c);
char *strcasestr(const char *s, const char *what);
int strverscmp(const char *a, const char *b);
#endif
#endif
