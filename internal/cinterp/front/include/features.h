#ifndef _FEATURES_H
#define _FEATURES_H 1
/* What is seen beyond C17: all of POSIX unless strict C is asked for, GNU's own on request. */
#if !defined __STRICT_ANSI__ || defined _POSIX_SOURCE || defined _POSIX_C_SOURCE || defined _XOPEN_SOURCE || defined _DEFAULT_SOURCE || defined _BSD_SOURCE || defined _SVID_SOURCE || defined _GNU_SOURCE
#define __STEWARD_POSIX 1
#endif
#if !defined __STRICT_ANSI__ || defined _DEFAULT_SOURCE || defined _BSD_SOURCE || defined _SVID_SOURCE || defined _GNU_SOURCE
#define __STEWARD_MISC 1
#endif
#if defined _GNU_SOURCE
#define __STEWARD_GNU 1
#endif
#endif
