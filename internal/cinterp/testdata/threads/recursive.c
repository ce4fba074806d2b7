// want: clean
// out: 0 0 35 1 16
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

int main(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t r, e, n = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&r, &a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&e, &a);
	pthread_mutexattr_destroy(&a);
	int x = pthread_mutex_lock(&r), y = pthread_mutex_lock(&r);
	pthread_mutex_unlock(&r);
	pthread_mutex_unlock(&r);
	pthread_mutex_lock(&e);
	int z = pthread_mutex_lock(&e);
	pthread_mutex_unlock(&e);
	int u = pthread_mutex_unlock(&e);
	pthread_mutex_lock(&n);
	int v = pthread_mutex_trylock(&n);
	pthread_mutex_unlock(&n);
	printf("%d %d %d %d %d\n", x, y, z, u, v);
	pthread_mutex_destroy(&r);
	pthread_mutex_destroy(&e);
	pthread_mutex_destroy(&n);
	return 0;
}
