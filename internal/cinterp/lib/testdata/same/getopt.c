#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
char *optarg;
int optind = 1, opterr = 1, optopt;

static void all(int argc, char **argv, const char *letters, const struct option *words) {
	int c, i = -1;
	optind = 0;
	opterr = 0;
	while ((c = words ? getopt_long(argc, argv, letters, words, &i) : getopt(argc, argv, letters)) != -1) {
		printf("%d '%c' arg %s ind %d", c, c > 31 ? c : '.', optarg ? optarg : "-", optind);
		if (c == '?' || c == ':') printf(" opt %d", optopt);
		puts("");
	}
	printf("rest:");
	for (i = optind; i < argc; i++) printf(" %s", argv[i]);
	puts("");
}

int main(int argc, char **argv) {
	int flag = 0;
	struct option words[] = {{"name", required_argument, 0, 'N'}, {"verbose", no_argument, &flag, 7}, {"maybe", optional_argument, 0, 'm'}, {"nap", no_argument, 0, 'p'}, {0}};
	all(argc, argv, "vn:", words);
	char *a1[] = {"p", "-a", "-b", "val", "-cval", "op", "-d", "last", "-z", "-b", 0};
	all(10, a1, "ab:c:d", 0);
	char *a2[] = {"p", "op1", "-ab", "val", "op2", "--", "-c", 0};
	all(7, a2, "ab:c", 0);
	char *a3[] = {"p", "--name", "x", "--verb", "--maybe", "y", "--maybe=z", "--nope", "--nap=3", "--name", 0};
	all(10, a3, ":x", words);
	printf("%d\n", flag);
	char *a4[] = {"p", "-a", "stop", "-b", 0};
	all(4, a4, "+ab", 0);
	char *a5[] = {"p", "-", "-o", "-ofile", 0};
	all(4, a5, "o::", 0);
	return 0;
}
