// want: data-race 22
#include <pthread.h>
#include <stdio.h>

static volatile int ready;
static int data;

static void *work(void *arg)
{
	(void)arg;
	data = 1;
	ready = 1;
	return NULL;
}

int main(void)
{
	pthread_t t;
	if (pthread_create(&t, NULL, work, NULL) != 0)
		return 1;
	int spins = 0;
	while (!ready && spins < 100000) {
		spins++;
	}
	printf("%d\n", data);
	pthread_join(t, NULL);
	return 0;
}
