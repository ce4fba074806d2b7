#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void one(const char *name, double r) { printf("%s %.10g\n", name, r); }

int main(void) {
	double xs[] = {0, -0.0, 0.5, -0.5, 1, -1, 1.5, 2.5, -2.5, 3.7, 1e10, 1e300, 0.1, 1e-300, INFINITY, -INFINITY, NAN, 5e-324};
	for (size_t i = 0; i < sizeof xs / sizeof *xs; i++) {
		double x = xs[i], w;
		int e;
		printf("x = %g\n", x);
		one("floor", floor(x));
		one("ceil", ceil(x));
		one("trunc", trunc(x));
		one("round", round(x));
		one("rint", rint(x));
		one("nearbyint", nearbyint(x));
		one("fabs", fabs(x));
		errno = 0;
		one("sqrt", sqrt(x));
		printf("errno %d\n", errno);
		errno = 0;
		one("log", log(x));
		printf("errno %d\n", errno);
		one("cbrt", cbrt(x));
		one("exp", exp(x));
		one("atan", atan(x));
		one("modf", modf(x, &w));
		one(" whole", w);
		if (isfinite(x)) {
			e = 0;
			one("frexp", frexp(x, &e));
			printf(" %d\n", e);
		}
		one("logb", logb(x));
		one("ldexp", ldexp(x, 3));
		one("scalbln", scalbln(x, -2));
		one("nextafter", nextafter(x, 10));
		one("fmod", fmod(x, 0.3));
		one("remainder", remainder(x, 0.75));
		one("copysign", copysign(x, -1));
		one("fmax", fmax(x, 1));
		one("fmin", fmin(x, 1));
		one("fdim", fdim(x, 1));
		one("hypot", hypot(x, 3));
		one("pow", pow(x, 2));
		one("pow", pow(2, x));
		one("fma", fma(x, 3, 1));
		one("fmaf", fmaf(x, 3, 0.1f));
		printf("%d %d %d %d %d %d\n", fpclassify(x), isnan(x), isinf(x) != 0, isfinite(x) != 0, isnormal(x) != 0, signbit(x) != 0);
		if (fabs(x) < 1e9) printf("%ld %ld %lld\n", lround(x), lrint(x), llround(x));
		if (x != 0 && isfinite(x)) printf("%d\n", ilogb(x));
		if (fabs(x) < 1e5 && x != 0) {
			int q;
			double r = remquo(x, 0.75, &q);
			printf("%g %d\n", r, q & 7);
		}
	}
	printf("%d %d %d\n", isless(1.0, 2.0), isgreater(1.0, NAN), isunordered(1.0, NAN));
	printf("%g %g\n", nan(""), HUGE_VAL);
	printf("%.9g %.9g %.9g\n", sqrtf(2), powf(2, 0.5f), floorf(-1.5f));
	errno = 0;
	printf("%g ", pow(-8, 1.0 / 3));
	printf("%d ", errno);
	errno = 0;
	printf("%g ", exp(1000));
	printf("%d ", errno);
	errno = 0;
	printf("%g ", log(-1));
	printf("%d\n", errno);
	printf("%g %g %d\n", DBL_MAX, FLT_EPSILON, DBL_DIG);
	return 0;
}
