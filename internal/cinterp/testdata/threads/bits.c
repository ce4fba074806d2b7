// want: clean
// out: 5 7 9
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

static struct { unsigned a : 8; char b, c; } s;

static void *set(void *arg)
{
	(void)arg;
	for (int i = 0; i < 10; i++)
		s.b = 7;
	return NULL;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, set, NULL);
	for (int i = 0; i < 10; i++) {
		s.a = 5;
		s.c = 9;
		if (i % 3 == 0)
			sched_yield();
	}
	pthread_join(t, NULL);
	printf("%d %d %d\n", s.a, s.b, s.c);
	return 0;
}
