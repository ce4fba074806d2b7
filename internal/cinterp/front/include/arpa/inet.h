#ifndef _ARPA_INET_H
#define _ARPA_INET_H 1
#include <netinet/in.h>
in_addr_t inet_addr(const char *text);
char *inet_ntoa(struct in_addr in);
const char *inet_ntop(int family, const void *restrict from, char *restrict to, socklen_t size);
int inet_pton(int family, const char *restrict text, void *restrict to);
#endif
