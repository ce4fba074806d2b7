#ifndef _STRINGS_H
#define _STRINGS_H 1
#include <features.h>
typedef __SIZE_TYPE__ size_t;
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
int ffs(int i);
int bcmp(const void *a, const void *b, size_t n);
void bcopy(const void *from, void *to, size_t n);
void bzero(void *s, size_t n);
char *index(const char *s, int c);
char *rindex(const char *s, int c);
#ifdef __STEWARD_GNU
int ffsl(long i);
int ffsll(long long i);
#endif
#endif
