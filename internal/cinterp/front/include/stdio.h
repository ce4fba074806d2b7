#ifndef _STDIO_H
#define _STDIO_H 1
#include <features.h>
typedef __SIZE_TYPE__ size_t;
#undef NULL
#define NULL ((void *)0)
/* The interpreter keeps what belongs to a stream; a program sees a number only. */
typedef struct __steward_file { int __id; } FILE;
typedef struct { __INT64_TYPE__ __pos; __UINT64_TYPE__ __file; } fpos_t;
extern FILE *stdin;
extern FILE *stdout;
extern FILE *stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
#define BUFSIZ 8192
#define EOF (-1)
#define FOPEN_MAX 16
#define FILENAME_MAX 4096
#define L_tmpnam 20
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define TMP_MAX 238328
int remove(const char *name);
int rename(const char *from, const char *to);
FILE *tmpfile(void);
char *tmpnam(char *to);
int fclose(FILE *f);
int fflush(FILE *f);
FILE *fopen(const char *restrict name, const char *restrict mode);
FILE *freopen(const char *restrict name, const char *restrict mode, FILE *restrict f);
void setbuf(FILE *restrict f, char *restrict buf);
int setvbuf(FILE *restrict f, char *restrict buf, int mode, size_t size);
int fprintf(FILE *restrict f, const char *restrict format, ...);
int fscanf(FILE *restrict f, const char *restrict format, ...);
int printf(const char *restrict format, ...);
int scanf(const char *restrict format, ...);
int snprintf(char *restrict to, size_t n, const char *restrict format, ...);
int sprintf(char *restrict to, const char *restrict format, ...);
int sscanf(const char *restrict s, const char *restrict format, ...);
int vfprintf(FILE *restrict f, const char *restrict format, __builtin_va_list ap);
int vfscanf(FILE *restrict f, const char *restrict format, __builtin_va_list ap);
int vprintf(const char *restrict format, __builtin_va_list ap);
int vscanf(const char *restrict format, __builtin_va_list ap);
int vsnprintf(char *restrict to, size_t n, const char *restrict format, __builtin_va_list ap);
int vsprintf(char *restrict to, const char *restrict format, __builtin_va_list ap);
int vsscanf(const char *restrict s, const char *restrict format, __builtin_va_list ap);
int fgetc(FILE *f);
char *fgets(char *restrict to, int n, FILE *restrict f);
int fputc(int c, FILE *f);
int fputs(const char *restrict s, FILE *restrict f);
int getc(FILE *f);
int getchar(void);
int putc(int c, FILE *f);
int putchar(int c);
int puts(const char *s);
int ungetc(int c, FILE *f);
size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict f);
size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict f);
int fgetpos(FILE *restrict f, fpos_t *restrict pos);
int fseek(FILE *f, long offset, int whence);
int fsetpos(FILE *f, const fpos_t *pos);
long ftell(FILE *f);
void rewind(FILE *f);
void clearerr(FILE *f);
int feof(FILE *f);
int ferror(FILE *f);
void perror(const char *s);
#ifdef __STEWARD_POSIX
#include <sys/types.h>
#define L_ctermid 9
FILE *fdopen(int fd, const char *mode);
int fileno(FILE *f);
int dprintf(int fd, const char *restrict format, ...);
int vdprintf(int fd, const char *restrict format, __builtin_va_list ap);
FILE *fmemopen(void *restrict buf, size_t size, const char *restrict mode);
FILE *open_memstream(char **to, size_t *size);
ssize_t getline(char **restrict line, size_t *restrict n, FILE *restrict f);
ssize_t getdelim(char **restrict line, size_t *restrict n, int delim, FILE *restrict f);
int fseeko(FILE *f, off_t offset, int whence);
off_t ftello(FILE *f);
int getc_unlocked(FILE *f);
int getchar_unlocked(void);
int putc_unlocked(int c, FILE *f);
int putchar_unlocked(int c);
void flockfile(FILE *f);
void funlockfile(FILE *f);
FILE *popen(const char *command, const char *mode);
int pclose(FILE *f);
#endif
#ifdef __STEWARD_MISC
void setbuffer(FILE *restrict f, char *restrict buf, size_t size);
void setlinebuf(FILE *f);
#endif
#ifdef __STEWARD_GNU
int asprintf(char **restrict to, const char *restrict format, ...);
int vasprintf(char **restrict to, const char *restrict format, __builtin_va_list ap);
#endif
#endif
