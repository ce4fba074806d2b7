// want: clean
// out: 7 3 8 1
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <threads.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static sem_t sem;
static once_flag flag = ONCE_FLAG_INIT;
static int value, spun, passed, done;

static void first(void) { done++; }

static void *work(void *arg)
{
	int id = *(int *)arg;
	call_once(&flag, first);
	pthread_rwlock_wrlock(&rw);
	value += id;
	pthread_rwlock_unlock(&rw);
	pthread_barrier_wait(&barrier);
	pthread_rwlock_rdlock(&rw);
	int v = value;
	pthread_rwlock_unlock(&rw);
	pthread_spin_lock(&spin);
	if (v == 7)
		spun++;
	pthread_spin_unlock(&spin);
	sem_wait(&sem);
	passed += id;
	sem_post(&sem);
	return NULL;
}

int main(void)
{
	pthread_t t[3];
	int id[3] = { 1, 2, 4 };
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&barrier, NULL, 3);
	sem_init(&sem, 0, 1);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, work, &id[i]);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	call_once(&flag, first);
	printf("%d %d %d %d\n", value, spun, passed + 1, done);
	pthread_spin_destroy(&spin);
	pthread_barrier_destroy(&barrier);
	sem_destroy(&sem);
	return 0;
}
