// want: data-race 11
#include <pthread.h>
#include <stdio.h>

static int count;

static void *work(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++) {
		count++;
	}
	return NULL;
}

int main(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, work, NULL);
	pthread_create(&b, NULL, work, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	printf("%d\n", count);
	return 0;
}
