// want: clean
// out: 1+2i
// out: 4+1i
// out: -2+3i
// out: 5+5i
// out: 0.1+0.7i
// out: -1-2i
// out: 1-2i
// out: -3+4i
// out: 2+2i
// out: 0-2i
// out: 2+4i
// out: 0.5+1i
// out: 0.2-0.4i
// out: 3+2i
// out: 11+3i
// out: 11+2i
// out: 5.5+1i
// out: 5.5 1
// out: 10.25 -9.5
// out: 0 1 1
// out: 0 1 0
// out: -1+3.23109e-15i
// out: 0+2i
// out: 1024+0i
// out: 5 1.5708
// out: 1+1i
// out: 3+1i
// out: 7+8i
// out: 15
// out: 2 1 7
// out: 3+4i
// out: 3-1i
// out: 0+2i
// out: 10+9i
// out: -15 112
// out: 7 8 16 8
// out: 7+8i
// out: 0+0i
// out: 0+2i
// out: 3-1i
// out: 2 5 8 8
// out: inf+infi
// out: inf+infi
// out: 0+0i
#include <tgmath.h>
#undef creal
#undef cimag
#include <stdio.h>
#include <stdarg.h>
struct s { int a; double _Complex z; float _Complex f; };
static double complex sq(double complex z) { return z * z; }
static float complex g;
double complex gi = 3 + 4 * I, arr[3] = { 1, 2*I, 3 - I };
static double complex sum(int n, ...) { va_list ap; va_start(ap, n); double complex s = 0; while (n--) s += va_arg(ap, double complex); va_end(ap); return s; }
#define P(z) printf("%g%+gi\n", creal(z), cimag(z))
int main(void) {
  double complex z = 1 + 2 * I, w = CMPLX(3, -1);
  P(z); P(z + w); P(z - w); P(z * w); P(z / w); P(-z); P(conj(z)); P(sq(z));
  P(z + 1); P(1 - z); P(2 * z); P(z / 2); P(1 / z);
  z += 2; P(z); z *= w; P(z); z -= I; P(z); z /= 2; P(z);
  float complex f = z; printf("%g %g\n", crealf(f), cimagf(f)); f = f * f / (1.0f + 2.0f*I); printf("%g %g\n", crealf(f), cimagf(f));
  printf("%d %d %d\n", z == w, z != w, (double complex)3 == 3.0);
  printf("%d %d %d\n", !z, z ? 1 : 0, z && 0);
  P(cexp(I * 3.14159265358979)); P(csqrt(-4)); P(cpow(2, 10)); printf("%g %g\n", cabs(3 + 4*I), carg(I));
  struct s a = { 1, 1 + I, 2 }, b; b = a; P(b.z); P(b.f + b.z);
  __real__ z = 7; __imag__ z = 8; P(z); printf("%g\n", __real__ z + __imag__ z);
  int i = 2.5 + 3*I; _Bool bo = 0 + 1*I; double d = z; printf("%d %d %g\n", i, bo, d);
  P(gi); P(arr[2]); P(arr[1]); P(sum(3, (double complex)(1 + I), z, (double complex)2));
  long double complex lz = z; lz = lz * lz; printf("%Lg %Lg\n", creall(lz), cimagl(lz));
  double *p = (double *)&z; printf("%g %g %zu %zu\n", p[0], p[1], sizeof z, sizeof(float complex));
  P((1 ? z : 2)); P(g); double complex *q = arr; q++; P(*q); P(q[1]);
  float complex fc = 3 + 4 * I;
  printf("%g %g %d %d\n", creal(sqrt(fc)), (double)fabs(fc), (int)sizeof sqrt(fc), (int)sizeof sqrt(2));
  double inf = 1e308 * 10;
  P(CMPLX(inf, 0) * CMPLX(1, 1)); P(CMPLX(1, 1) / CMPLX(0.0, 0.0)); P(CMPLX(1, 1) / CMPLX(inf, 1));
  return 0;
}
