// want: clean
// out: 6 abc
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct box { char name[8]; int n[3]; unsigned char bytes[3]; };

static struct box box;

static void *set(void *arg)
{
	int i = *(int *)arg;
	box.n[i] = i + 1;
	box.bytes[i] = (unsigned char)("abc"[i]);
	return NULL;
}

int main(void)
{
	pthread_t t[3];
	int id[3] = { 0, 1, 2 };
	memset(&box, 0, sizeof box);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, set, &id[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	memcpy(box.name, box.bytes, 3);
	printf("%d %s\n", box.n[0] + box.n[1] + box.n[2], box.name);
	return 0;
}
