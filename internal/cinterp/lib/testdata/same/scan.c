#include <stdio.h>
#include <string.h>

int main(void) {
	int a = -1, b = -1, n = -1, r;
	unsigned u = 0;
	long l = 0;
	short h = 0;
	signed char hh = 0;
	char s[32] = "", t[32] = "", c[4] = "";
	float f = 0;
	double d = 0;
	r = sscanf("12 -34 0x1F 077", "%d%d%i%n", &a, &b, (int *)&u, &n);
	printf("%d: %d %d %u %d\n", r, a, b, u, n);
	r = sscanf("077 0x1g", "%i%i", &a, &b);
	printf("%d: %d\n", r, a);
	r = sscanf("word   other, rest", "%s %[a-z], %[^\n]", s, t, c + 0 == c ? s + 10 : s);
	printf("%d: %s %s %s\n", r, s, t, s + 10);
	r = sscanf("abc", "%2c%c", c, c + 2);
	printf("%d: %.3s\n", r, c);
	r = sscanf("3.5 1e3 inf -0x1p4", "%f %lf", &f, &d);
	printf("%d: %g %g\n", r, f, d);
	r = sscanf("inf nan", "%f %lf", &f, &d);
	printf("%d: %g %d\n", r, f, d != d);
	r = sscanf("70000 12", "%*d %hd", &h);
	printf("%d: %d\n", r, h);
	r = sscanf("-128 99 123456789012", "%hhd %u %ld", &hh, &u, &l);
	printf("%d: %d %u %ld\n", r, hh, u, l);
	r = sscanf("", "%d", &a);
	printf("empty %d\n", r);
	r = sscanf("   ", "%d", &a);
	printf("blank %d\n", r);
	r = sscanf("x", "%d", &a);
	printf("letter %d\n", r);
	r = sscanf("5 x", "%d %d", &a, &b);
	printf("second %d %d\n", r, a);
	r = sscanf("5%7", "%d%%%d", &a, &b);
	printf("percent %d %d %d\n", r, a, b);
	r = sscanf("12345678", "%3d%2d%d", &a, &b, &n);
	printf("widths %d %d %d %d\n", r, a, b, n);
	r = sscanf("a]b-c", "%[]a]%[b-]%s", s, t, c);
	printf("sets %d %s %s %s\n", r, s, t, c);
	r = sscanf("10:20:30", "%d:%d:%d", &a, &b, &n);
	printf("colons %d %d %d %d\n", r, a, b, n);
	r = sscanf("ff 755", "%x %o", (unsigned *)&a, (unsigned *)&b);
	printf("bases %d %d %d\n", r, a, b);
	while ((r = scanf("%31s %d", s, &a)) == 2) printf("line %s %d\n", s, a);
	printf("end %d\n", r);
	r = scanf("%31s", s);
	printf("%d %s\n", r, s);
	int ch = getchar();
	printf("%d\n", ch);
	printf("%s", fgets(s, sizeof s, stdin));
	printf("%d\n", fgets(s, sizeof s, stdin) == NULL);
	printf("%d %d\n", feof(stdin) != 0, scanf("%d", &a));
	return 0;
}
