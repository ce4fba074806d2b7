// want: clean
// out: 30 5 0 1
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

static void *square(void *arg)
{
	int *r = malloc(sizeof *r);
	if (r == NULL)
		pthread_exit(NULL);
	*r = (int)(intptr_t)arg * (int)(intptr_t)arg;
	return r;
}

static int deep(int n)
{
	if (n == 0)
		thrd_exit(5);
	return n > 0 ? deep(n - 1) : 0;
}

static int leave(void *arg)
{
	(void)arg;
	return deep(10);
}

int main(void)
{
	pthread_t t[5];
	int sum = 0;
	for (intptr_t i = 0; i < 5; i++)
		pthread_create(&t[i], NULL, square, (void *)i);
	for (int i = 0; i < 5; i++) {
		void *r;
		pthread_join(t[i], &r);
		sum += *(int *)r;
		free(r);
	}
	thrd_t u;
	int result;
	thrd_create(&u, leave, NULL);
	thrd_join(u, &result);
	printf("%d %d %d %d\n", sum, result, pthread_equal(pthread_self(), t[0]) != 0, pthread_equal(pthread_self(), pthread_self()) != 0);
	return 0;
}
