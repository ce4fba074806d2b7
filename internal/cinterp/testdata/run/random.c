// Random numbers, as glibc and POSIX have them; without a seed those of the seed 1.
// want: clean
// out: 1804289383 846930886 1681692777 1714636915 1957747793 : 1804289383 1804289383 361262906 876827533
// out: 1111130805 1065668062
// out: 1187592820 153898277 1377876785 706688787 
// out: 0.0000000000 2116118 178803790
// out: 0.8168164928 487370682 1735784588
// out: 0.4419963227 565063343 -1485464893 7666 39619 42869
// out: 10787 63628 26485 903337097
// out: 917510 15925355 0.3410950169 59408725
// out: 1681984273
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
	for (int i = 0; i < 5; i++) printf("%d ", rand());
	srand(1); printf(": %d ", rand());
	srand(0); printf("%d ", rand());
	srand(42); for (int i = 0; i < 400; i++) rand(); printf("%d ", rand()); printf("%ld\n", random());
	srandom(4000000000u); printf("%ld ", random()); srand(2147483647); printf("%d\n", rand());
	unsigned s = 7; for (int i = 0; i < 4; i++) printf("%d ", rand_r(&s)); puts("");
	printf("%.10f ", drand48()); printf("%ld ", lrand48()); printf("%ld\n", mrand48());
	srand48(-5); printf("%.10f ", drand48()); printf("%ld ", lrand48()); printf("%ld\n", mrand48());
	unsigned short x[3] = {1, 2, 3}, p[7] = {1, 2, 3, 4, 5, 6, 7};
	printf("%.10f ", erand48(x)); printf("%ld ", nrand48(x)); printf("%ld ", jrand48(x)); printf("%d %d %d\n", x[0], x[1], x[2]);
	unsigned short *old = seed48(x); printf("%d %d %d ", old[0], old[1], old[2]); printf("%ld\n", lrand48());
	lcong48(p); printf("%ld ", lrand48()); printf("%ld ", mrand48()); printf("%.10f ", erand48(x)); printf("%ld\n", lrand48());
	srand48(3); printf("%ld\n", lrand48());
	return 0;
}
