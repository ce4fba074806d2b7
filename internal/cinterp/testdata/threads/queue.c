// want: clean
// out: 4950
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct item { int value; struct item *next; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;
static struct item *head, **tail = &head;
static int closed;

static void *produce(void *arg)
{
	int from = *(int *)arg;
	for (int i = from; i < from + 50; i++) {
		struct item *n = malloc(sizeof *n);
		if (n == NULL)
			exit(1);
		n->value = i;
		n->next = NULL;
		pthread_mutex_lock(&lock);
		*tail = n;
		tail = &n->next;
		pthread_cond_signal(&some);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void *consume(void *arg)
{
	long *sum = arg;
	for (;;) {
		pthread_mutex_lock(&lock);
		while (head == NULL && !closed)
			pthread_cond_wait(&some, &lock);
		struct item *n = head;
		if (n == NULL) {
			pthread_mutex_unlock(&lock);
			return NULL;
		}
		head = n->next;
		if (head == NULL)
			tail = &head;
		pthread_mutex_unlock(&lock);
		*sum += n->value;
		free(n);
	}
}

int main(void)
{
	pthread_t p[2], c[2];
	int from[2] = { 0, 50 };
	long sum[2] = { 0, 0 };
	for (int i = 0; i < 2; i++) {
		pthread_create(&c[i], NULL, consume, &sum[i]);
		pthread_create(&p[i], NULL, produce, &from[i]);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(p[i], NULL);
	pthread_mutex_lock(&lock);
	closed = 1;
	pthread_cond_broadcast(&some);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 2; i++)
		pthread_join(c[i], NULL);
	printf("%ld\n", sum[0] + sum[1]);
	return 0;
}
