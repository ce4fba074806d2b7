// want: use-after-return 12
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_t t;

static void *work(void *arg)
{
	int *p = arg;
	sleep(1);
	*p = 1;
	return NULL;
}

static void begin(void)
{
	int local = 0;
	pthread_create(&t, NULL, work, &local);
}

int main(void)
{
	begin();
	pthread_join(t, NULL);
	return 0;
}
