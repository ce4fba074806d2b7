#ifndef _DIRENT_H
#define _DIRENT_H 1
#include <sys/types.h>
typedef struct __steward_dir { int __id; } DIR;
struct dirent { ino_t d_ino; unsigned char d_type; char d_name[256]; };
#define DT_UNKNOWN 0
#define DT_DIR 4
#define DT_REG 8
DIR *opendir(const char *name);
struct dirent *readdir(DIR *d);
int closedir(DIR *d);
void rewinddir(DIR *d);
#endif
