#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static int cmp(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *name) {
	char *names[32];
	int n = 0;
	DIR *d = opendir(name);
	if (!d) {
		printf("%s: errno %d\n", name, errno);
		return;
	}
	struct dirent *e;
	while ((e = readdir(d)) && n < 32) names[n++] = strdup(e->d_name);
	closedir(d);
	qsort(names, n, sizeof *names, cmp);
	for (int i = 0; i < n; i++) {
		printf("%s ", names[i]);
		free(names[i]);
	}
	puts("");
}

int main(int argc, char **argv) {
	char buf[100];
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0644);
	printf("%d\n", fd >= 3);
	printf("%zd\n", write(fd, "hello world", 11));
	printf("%ld\n", (long)lseek(fd, 6, SEEK_SET));
	printf("%zd ", read(fd, buf, 50));
	printf("%.5s\n", buf);
	printf("%zd ", pread(fd, buf, 5, 0));
	printf("%zd\n", pwrite(fd, "HE", 2, 0));
	int d = dup(fd);
	lseek(d, 0, SEEK_SET);
	printf("%ld\n", (long)lseek(fd, 0, SEEK_CUR));
	struct stat st;
	printf("%d ", fstat(fd, &st));
	printf("%ld %d %o\n", (long)st.st_size, S_ISREG(st.st_mode) != 0, st.st_mode & 0777);
	printf("%d ", close(fd));
	printf("%d\n", close(d));
	printf("%d ", close(fd));
	printf("%d\n", errno == EBADF);
	printf("%d ", stat("none", &st));
	printf("%d\n", errno);
	printf("%d ", mkdir("sub", 0755));
	printf("%d\n", mkdir("sub/deep", 0755));
	printf("%d\n", stat("sub", &st));
	printf("%d %o\n", S_ISDIR(st.st_mode) != 0, st.st_mode & 0777);
	printf("%d ", mkdir("sub", 0755));
	printf("%d\n", errno == EEXIST);
	printf("%d ", rmdir("sub"));
	printf("%d\n", errno == ENOTEMPTY);
	list(".");
	list("sub");
	list("nowhere");
	printf("%d ", rmdir("sub/deep"));
	printf("%d\n", rmdir("sub"));
	printf("%d ", access("file", R_OK | W_OK));
	printf("%d ", access("none", F_OK));
	printf("%d\n", errno == ENOENT);
	printf("%d\n", chdir("dir"));
	getcwd(buf, sizeof buf);
	printf("%s\n", basename(buf));
	list(".");
	printf("%d\n", chdir(".."));
	printf("%d ", unlink("file"));
	printf("%d ", unlink("file"));
	printf("%d\n", errno == ENOENT);
	printf("%d ", unlink("dir"));
	printf("%d\n", errno == EISDIR);
	printf("%d ", isatty(0));
	printf("%d\n", open("dir", O_WRONLY));
	char *paths[] = {"/usr/lib/x.c", "x.c", "/", "", "a/", "a/b//", "./a", "."};
	for (int i = 0; i < 8; i++) {
		char a[32], b[32];
		strcpy(a, paths[i]);
		strcpy(b, paths[i]);
		printf("%s: %s ", paths[i], dirname(a));
		printf("%s\n", basename(b));
	}
	char text[] = "a,b,,c;d", *rest = text, *part;
	while ((part = strsep(&rest, ",;"))) printf("<%s>", part);
	puts("");
	char text2[] = "  one two  three ", *save;
	for (part = strtok_r(text2, " ", &save); part; part = strtok_r(NULL, " ", &save)) printf("(%s)", part);
	puts("");
	printf("%d %d\n", strcasecmp("HeLLo", "hello"), strncasecmp("abX", "aby", 2));
	printf("%s %s\n", (char *)memmem("hello world", 11, "wor", 3), strcasestr("Hello World", "WORLD"));
	char *end = stpcpy(buf, "copied");
	printf("%d %s\n", (int)(end - buf), buf);
	printf("%s %s\n", strchrnul("abc", 'b'), strndup("abcdef", 3));
	char tmp[] = "tmpXXXXXX";
	fd = mkstemp(tmp);
	printf("%d ", fd >= 0);
	printf("%d\n", strcmp(tmp, "tmpXXXXXX") != 0);
	FILE *f = fdopen(fd, "w+");
	fprintf(f, "through a descriptor\n");
	rewind(f);
	printf("%s%d\n", fgets(buf, sizeof buf, f), fileno(f) == fd);
	fclose(f);
	unlink(tmp);
	dprintf(1, "%s", "");
	printf("%zd\n", write(1, "", 0));
	warnx("nothing to see %d", 5);
	usleep(1000);
	printf("%u\n", sleep(0));
	printf("%s\n", strerror(ENOTDIR));
	return 0;
}
