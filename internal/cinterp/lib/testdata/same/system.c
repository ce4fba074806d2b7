#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>
#include <utime.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/resource.h>

int main(void) {
	char *p = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("%d %d\n", p != MAP_FAILED, p[0] + p[4999] + p[8191]);
	strcpy(p, "mapped");
	puts(p);
	printf("%d\n", mprotect(p, 5000, PROT_READ));
	printf("%d\n", msync(p, 5000, MS_SYNC));
	printf("%d\n", munmap(p, 5000));
	printf("%d\n", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	char name[] = "/tmp/system-XXXXXX";
	int fd = mkstemp(name);
	printf("%d\n", (int)write(fd, "contents", 8));
	char *q = mmap(NULL, 8, PROT_READ, MAP_PRIVATE, fd, 0);
	printf("%.8s %d\n", q, q[8]);
	munmap(q, 8);
	struct utimbuf t = { 1000, 2000 };
	struct stat s;
	printf("%d\n", utime(name, &t));
	stat(name, &s);
	printf("%ld\n", (long)s.st_mtime);
	struct timeval v[2] = { { 3000, 0 }, { 4000, 0 } };
	printf("%d\n", utimes(name, v));
	stat(name, &s);
	printf("%ld\n", (long)s.st_mtime);
	close(fd);
	unlink(name);
	struct rlimit l;
	printf("%d\n", getrlimit(RLIMIT_AS, &l));
	printf("%u\n", alarm(10));
	printf("%u\n", alarm(20));
	printf("%u\n", alarm(0));
	return 0;
}
