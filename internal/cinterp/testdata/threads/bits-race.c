// want: data-race 21
#include <pthread.h>
#include <stdio.h>

static struct { unsigned a : 4, b : 4; char c; } s;

static void *set(void *arg)
{
	for (int i = 0; i < 3; i++)
		s.b = 7;
	return arg;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, set, NULL);
	s.c = 1;
	s.c = 2;
	s.c = 3;
	s.a = 5;
	pthread_join(t, NULL);
	printf("%d\n", s.a);
	return 0;
}
