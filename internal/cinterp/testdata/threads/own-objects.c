// want: clean
// out: 11 12 10 7
// out: 3 freed
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local int mine = 10;
static __thread int *where;
static pthread_key_t key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int freed;

static void drop(void *p)
{
	free(p);
	pthread_mutex_lock(&lock);
	freed++;
	pthread_mutex_unlock(&lock);
}

static int next(void)
{
	static _Thread_local int n = 4;
	return n++;
}

static void *work(void *arg)
{
	where = &mine;
	*where += *(int *)arg;
	next();
	next();
	int *p = malloc(sizeof *p);
	if (p == NULL || pthread_setspecific(key, p) != 0)
		return NULL;
	*p = mine;
	*(int *)arg = *(int *)pthread_getspecific(key);
	return NULL;
}

int main(void)
{
	pthread_t t[3];
	int n[3] = { 1, 2, 3 };
	pthread_key_create(&key, drop);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, work, &n[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	next();
	next();
	next();
	printf("%d %d %d %d\n", n[0], n[1], mine, next());
	printf("%d freed\n", freed);
	pthread_key_delete(key);
	return 0;
}
