// want: data-race 23
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int hits, total;

static void *work(void *arg)
{
	pthread_mutex_lock(&lock);
	total++;
	pthread_mutex_unlock(&lock);
	pthread_mutex_lock(&lock);
	total++;
	pthread_mutex_unlock(&lock);
	return arg;
}

static void *other(void *arg)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
	hits++;
	return arg;
}

static void *first(void *arg)
{
	hits++;
	return work(arg);
}

int main(void)
{
	pthread_t a, b, c;
	pthread_create(&a, NULL, first, NULL);
	pthread_create(&b, NULL, work, NULL);
	pthread_create(&c, NULL, other, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	pthread_join(c, NULL);
	printf("%d %d\n", hits, total);
	return 0;
}
