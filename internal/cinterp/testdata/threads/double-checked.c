// want: data-race 11
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *made;

static int *get(void)
{
	if (made == NULL) { pthread_mutex_lock(&lock); if (made == NULL) { int *p = malloc(sizeof *p); if (p) *p = 1; made = p; } pthread_mutex_unlock(&lock); }
	return made;
}

static void *work(void *arg)
{
	(void)arg;
	return *get() == 1 ? NULL : arg;
}

int main(void)
{
	pthread_t a, b;
	pthread_create(&a, NULL, work, NULL);
	pthread_create(&b, NULL, work, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	free(made);
	return 0;
}
