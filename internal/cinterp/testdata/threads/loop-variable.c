// want: data-race 15
#include <pthread.h>
#include <stdio.h>

static void *work(void *arg)
{
	int n = *(int *)arg;
	return n > 100 ? arg : NULL;
}

int main(void)
{
	pthread_t t[3];
	int i;
	for (i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, work, &i);
	for (i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	return 0;
}
