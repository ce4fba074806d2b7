// want: clean
// out: second
// out: first
// out: popped
#include <pthread.h>
#include <stdio.h>

static void say(void *p) { puts(p); }

static void *work(void *arg)
{
	char two[] = "second";
	pthread_cleanup_push(say, "first");
	pthread_cleanup_push(say, two);
	if (arg == NULL)
		pthread_exit(NULL);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, work, NULL);
	pthread_join(t, NULL);
	pthread_cleanup_push(say, "popped");
	pthread_cleanup_pop(1);
	return 0;
}
