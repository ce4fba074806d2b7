package lib_test

import (
	"strings"
	"testing"

	"steward/internal/cinterp/front/include"
	"steward/internal/cinterp/lib"
)

// missing are the functions that the headers declare and the library has not:
// a program that calls one ends without a verdict. The list only shrinks.
const missing = `
cabs cabsf cabsl cacos cacosf cacosh cacoshf cacoshl cacosl carg cargf cargl casin casinf casinh casinhf casinhl casinl catan catanf catanh catanhf
catanhl catanl ccos ccosf ccosh ccoshf ccoshl ccosl cexp cexpf cexpl cimag cimagf cimagl clog clogf clogl conj conjf conjl cpow cpowf cpowl cproj
cprojf cprojl creal crealf creall csin csinf csinh csinhf csinhl csinl csqrt csqrtf csqrtl ctan ctanf ctanh ctanhf ctanhl ctanl
fetestexcept
pthread_attr_destroy pthread_attr_init pthread_attr_setdetachstate pthread_attr_setstacksize pthread_barrier_destroy pthread_barrier_init
pthread_barrier_wait pthread_cond_broadcast pthread_cond_destroy pthread_cond_init pthread_cond_signal pthread_cond_timedwait pthread_cond_wait
pthread_create pthread_detach pthread_equal pthread_exit pthread_getspecific pthread_join pthread_key_create pthread_key_delete pthread_mutex_destroy
pthread_mutex_init pthread_mutex_lock pthread_mutex_timedlock pthread_mutex_trylock pthread_mutex_unlock pthread_mutexattr_destroy
pthread_mutexattr_init pthread_mutexattr_settype pthread_once pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock
pthread_rwlock_tryrdlock pthread_rwlock_trywrlock pthread_rwlock_unlock pthread_rwlock_wrlock pthread_self pthread_setspecific pthread_spin_destroy
pthread_spin_init pthread_spin_lock pthread_spin_trylock pthread_spin_unlock
sem_destroy sem_getvalue sem_init sem_post sem_timedwait sem_trywait sem_wait
pclose popen
wait waitpid
call_once cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait cnd_wait mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock
thrd_create thrd_current thrd_detach thrd_equal thrd_exit thrd_join tss_create tss_delete tss_get tss_set
strptime
execv execvp fork pipe
`

// TestWhatIsMissing: the list above is what is missing, and no more.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, n := range strings.Fields(missing) {
		listed[n] = true
	}
	have := lib.Functions()
	declared, there := 0, 0
	for _, f := range include.Functions() {
		if f.Macro {
			continue
		}
		declared++
		switch _, ok := have[f.Name]; {
		case ok:
			there++
			if listed[f.Name] {
				t.Errorf("%s is there: take it off the list", f.Name)
			}
		case !listed[f.Name]:
			t.Errorf("%s of %s is declared and is not in the library", f.Name, f.Header)
		}
		delete(listed, f.Name)
	}
	for n := range listed {
		t.Errorf("%s is on the list and no header declares it", n)
	}
	t.Logf("%d of %d functions", there, declared)
}
