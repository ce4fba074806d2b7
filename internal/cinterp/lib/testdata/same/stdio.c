#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char *what, long n) { printf("%s: %ld\n", what, n); }

int main(void) {
	char buf[64];
	FILE *f = fopen("new.txt", "w+b");
	show("open", f != NULL);
	show("fputs", fputs("hello world\nsecond line\nthird", f) >= 0);
	show("ftell", ftell(f));
	rewind(f);
	while (fgets(buf, sizeof buf, f)) printf("[%s]", buf);
	show("eof", feof(f) != 0);
	show("error", ferror(f) != 0);
	clearerr(f);
	show("eof", feof(f) != 0);
	show("seek", fseek(f, 6, SEEK_SET));
	show("getc", getc(f));
	show("ungetc", ungetc('X', f));
	show("getc", getc(f));
	show("getc", fgetc(f));
	show("tell", ftell(f));
	fseek(f, -5, SEEK_END);
	show("fread", fread(buf, 1, 10, f));
	printf("%.5s\n", buf);
	fseek(f, 0, SEEK_CUR);
	fprintf(f, "%d-%s-%c", 42, "end", '!');
	fflush(f);
	fpos_t pos;
	rewind(f);
	show("fgetpos", fgetpos(f, &pos));
	show("c", getc(f));
	show("fsetpos", fsetpos(f, &pos));
	show("c", getc(f));
	show("bad seek", fseek(f, -100, SEEK_SET));
	show("errno", errno);
	show("close", fclose(f));

	f = fopen("new.txt", "a");
	fputs(" appended", f);
	fclose(f);
	f = fopen("new.txt", "r");
	int n = 0;
	while (getc(f) != EOF) n++;
	show("length", n);
	errno = 0;
	show("write to r", fputc('x', f));
	show("ferror", ferror(f) != 0);
	show("errno", errno == EBADF);
	fclose(f);

	f = fopen("none.txt", "r");
	show("none", f == NULL);
	show("errno", errno == ENOENT);
	printf("%s\n", strerror(errno));
	f = fopen("new.txt", "wx");
	show("exclusive", f == NULL);
	show("errno", errno == EEXIST);
	f = fopen("dir", "r");
	show("a directory", f != NULL);
	if (f) { errno = 0; show("getc", getc(f)); show("errno", errno == EISDIR); fclose(f); }
	f = fopen("dir", "w");
	show("a directory for writing", f == NULL && errno == EISDIR);

	show("rename", rename("new.txt", "other.txt"));
	show("rename none", rename("new.txt", "other.txt"));
	show("remove", remove("other.txt"));
	show("remove none", remove("other.txt"));
	f = tmpfile();
	show("tmpfile", f != NULL);
	int nums[4] = {1, 2, 3, 4}, back[4] = {0};
	show("fwrite", fwrite(nums, sizeof nums[0], 4, f));
	rewind(f);
	show("fread", fread(back, sizeof back[0], 4, f));
	show("same", memcmp(nums, back, sizeof nums) == 0);
	show("fread", fread(back, sizeof back[0], 4, f));
	fclose(f);
	f = fopen("mounted.txt", "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	while ((len = getline(&line, &cap, f)) > 0) printf("%zd %s", len, line);
	free(line);
	fclose(f);
	char *text;
	size_t size;
	f = open_memstream(&text, &size);
	fprintf(f, "in memory %d", 7);
	fclose(f);
	printf("%s %zu\n", text, size);
	free(text);
	show("asprintf", asprintf(&text, "%05d|%-5s|%+.2e", 42, "ab", 12345.678));
	puts(text);
	free(text);
	show("snprintf", snprintf(buf, 5, "%s", "longer than it"));
	puts(buf);
	show("snprintf 0", snprintf(NULL, 0, "%d", 12345));
	printf("%5.1f|%-8d|%08.3f|%x|%#o|%e|%g|%g|%a\n", 3.14159, 42, -2.5, 255, 8, 12345.678, 0.0001, 1e20, 1.0);
	printf("%c%c %s %.3s %10s %-10s|\n", 'a', 'b', "str", "truncate", "right", "left");
	printf("%ld %lld %zu %hhd %hd %td %jd\n", 1L, 2LL, (size_t)3, 300, 70000, (ptrdiff_t)5, (intmax_t)6);
	printf("%i %u %% %p\n", -1, 4000000000u, (void *)0);
	f = freopen("redirected.txt", "w", stdout);
	printf("this goes to a file\n");
	fflush(stdout);
	FILE *g = fopen("redirected.txt", "r");
	fgets(buf, sizeof buf, g);
	fclose(g);
	fprintf(stderr, "%s", buf);
	return 3;
}
