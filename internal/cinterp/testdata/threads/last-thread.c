// want: clean
// out: main
// out: work
#include <pthread.h>
#include <stdio.h>

static void *work(void *arg)
{
	pthread_mutex_t *go = arg;
	pthread_mutex_lock(go);
	puts("work");
	pthread_mutex_unlock(go);
	return NULL;
}

static pthread_mutex_t go = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
	pthread_t t;
	pthread_mutex_lock(&go);
	pthread_create(&t, NULL, work, &go);
	pthread_detach(t);
	puts("main");
	pthread_mutex_unlock(&go);
	pthread_exit(NULL);
}
