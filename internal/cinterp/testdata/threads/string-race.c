// want: data-race 18
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static char text[16] = "first";

static void *work(void *arg)
{
	(void)arg;
	strcpy(text, "second");
	return NULL;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, work, NULL); size_t n = strlen(text);
	pthread_join(t, NULL);
	printf("%d\n", n > 0);
	return 0;
}
