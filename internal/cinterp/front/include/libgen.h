#ifndef _LIBGEN_H
#define _LIBGEN_H 1
char *basename(char *path);
char *dirname(char *path);
#endif
