#ifndef _GETOPT_H
#define _GETOPT_H 1
#include <features.h>
extern char *optarg;
extern int optind;
extern int opterr;
extern int optopt;
int getopt(int argc, char *const argv[], const char *letters);
#ifdef __STEWARD_MISC
struct option { const char *name; int has_arg; int *flag; int val; };
#define no_argument 0
#define required_argument 1
#define optional_argument 2
int getopt_long(int argc, char *const argv[], const char *letters, const struct option *words, int *index);
int getopt_long_only(int argc, char *const argv[], const char *letters, const struct option *words, int *index);
#endif
#endif
