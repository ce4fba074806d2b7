#ifndef _UNISTD_H
#define _UNISTD_H 1
#include <sys/types.h>
#include <getopt.h>
typedef __INTPTR_TYPE__ intptr_t;
#undef NULL
#define NULL ((void *)0)
#define _POSIX_VERSION 200809L
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4
#undef SEEK_SET
#undef SEEK_CUR
#undef SEEK_END
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _SC_CLK_TCK 2
#define _SC_OPEN_MAX 4
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE 30
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
int access(const char *name, int mode);
unsigned alarm(unsigned seconds);
int chdir(const char *name);
int close(int fd);
int dup(int fd);
int dup2(int from, int to);
_Noreturn void _exit(int status);
pid_t fork(void);
int execv(const char *name, char *const argv[]);
int execvp(const char *name, char *const argv[]);
int fsync(int fd);
int ftruncate(int fd, off_t size);
char *getcwd(char *to, size_t n);
gid_t getegid(void);
uid_t geteuid(void);
gid_t getgid(void);
pid_t getpid(void);
pid_t getppid(void);
uid_t getuid(void);
int isatty(int fd);
int link(const char *from, const char *to);
off_t lseek(int fd, off_t offset, int whence);
int pause(void);
int pipe(int fds[2]);
ssize_t pread(int fd, void *to, size_t n, off_t offset);
ssize_t pwrite(int fd, const void *from, size_t n, off_t offset);
ssize_t read(int fd, void *to, size_t n);
ssize_t readlink(const char *restrict name, char *restrict to, size_t n);
int rmdir(const char *name);
unsigned sleep(unsigned seconds);
int symlink(const char *from, const char *to);
long sysconf(int name);
int truncate(const char *name, off_t size);
int unlink(const char *name);
ssize_t write(int fd, const void *from, size_t n);
#ifdef __STEWARD_MISC
int usleep(useconds_t micros);
int getpagesize(void);
int gethostname(char *to, size_t n);
int getentropy(void *to, size_t n);
void swab(const void *restrict from, void *restrict to, ssize_t n);
extern char **__environ;
#endif
#ifdef __STEWARD_GNU
extern char **environ;
#endif
#endif
