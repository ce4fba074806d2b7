package front

// atomics declares the atomic operations that the compiler of the byte-code knows
// by name, and spells those of GCC with them.
const atomics = `
/* Atomic operations of GCC: their result has the type of the object. */
#define __ATOMIC_RELAXED 0
#define __ATOMIC_CONSUME 1
#define __ATOMIC_ACQUIRE 2
#define __ATOMIC_RELEASE 3
#define __ATOMIC_ACQ_REL 4
#define __ATOMIC_SEQ_CST 5
unsigned long long __steward_atomic_load();
void __steward_atomic_store();
void __steward_fence(int);
unsigned long long __steward_atomic_exchange();
_Bool __steward_atomic_compare_exchange();
unsigned long long __steward_atomic_compare_old();
unsigned long long __steward_atomic_fetch_add();
unsigned long long __steward_atomic_add_fetch();
unsigned long long __steward_atomic_fetch_sub();
unsigned long long __steward_atomic_sub_fetch();
unsigned long long __steward_atomic_fetch_or();
unsigned long long __steward_atomic_or_fetch();
unsigned long long __steward_atomic_fetch_xor();
unsigned long long __steward_atomic_xor_fetch();
unsigned long long __steward_atomic_fetch_and();
unsigned long long __steward_atomic_and_fetch();
unsigned long long __steward_atomic_fetch_nand();
unsigned long long __steward_atomic_nand_fetch();
#define __STEWARD_OF(p) __typeof__((void)0, *(p))
#define __atomic_load_n(p, o) ((__STEWARD_OF(p))__steward_atomic_load((p), (o)))
#define __atomic_store_n(p, v, o) (__steward_atomic_store((p), (__STEWARD_OF(p))(v), (o)))
#define __atomic_load(p, r, o) ((void)(*(r) = __atomic_load_n(p, o)))
#define __atomic_store(p, v, o) __atomic_store_n(p, *(v), o)
#define __atomic_exchange_n(p, v, o) ((__STEWARD_OF(p))__steward_atomic_exchange((p), (__STEWARD_OF(p))(v), (o)))
#define __atomic_exchange(p, v, r, o) ((void)(*(r) = __atomic_exchange_n(p, *(v), o)))
#define __atomic_compare_exchange_n(p, e, v, weak, yes, no) ((_Bool)__steward_atomic_compare_exchange((p), (e), (__STEWARD_OF(p))(v), (yes), (no)))
#define __atomic_compare_exchange(p, e, v, weak, yes, no) __atomic_compare_exchange_n(p, e, *(v), weak, yes, no)
#define __atomic_thread_fence(o) __steward_fence(o)
#define __atomic_signal_fence(o) ((void)(o))
#define __atomic_test_and_set(p, o) ((_Bool)__steward_atomic_exchange((unsigned char *)(p), (unsigned char)1, (o)))
#define __atomic_clear(p, o) (__steward_atomic_store((unsigned char *)(p), (unsigned char)0, (o)))
#define __sync_synchronize() __steward_fence(5)
#define __sync_lock_test_and_set(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_exchange((p), (__STEWARD_OF(p))(v), 2))
#define __sync_lock_release(p, ...) (__steward_atomic_store((p), (__STEWARD_OF(p))0, 3))
#define __sync_val_compare_and_swap(p, e, v, ...) ((__STEWARD_OF(p))__steward_atomic_compare_old((p), &(__STEWARD_OF(p)){(e)}, (__STEWARD_OF(p))(v), 5, 5))
#define __sync_bool_compare_and_swap(p, e, v, ...) ((_Bool)__steward_atomic_compare_exchange((p), &(__STEWARD_OF(p)){(e)}, (__STEWARD_OF(p))(v), 5, 5))
#define __atomic_fetch_add(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_add((p), (v), (o)))
#define __atomic_add_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_add_fetch((p), (v), (o)))
#define __sync_fetch_and_add(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_add((p), (v), 5))
#define __sync_add_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_add_fetch((p), (v), 5))
#define __atomic_fetch_sub(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_sub((p), (v), (o)))
#define __atomic_sub_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_sub_fetch((p), (v), (o)))
#define __sync_fetch_and_sub(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_sub((p), (v), 5))
#define __sync_sub_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_sub_fetch((p), (v), 5))
#define __atomic_fetch_or(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_or((p), (v), (o)))
#define __atomic_or_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_or_fetch((p), (v), (o)))
#define __sync_fetch_and_or(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_or((p), (v), 5))
#define __sync_or_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_or_fetch((p), (v), 5))
#define __atomic_fetch_xor(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_xor((p), (v), (o)))
#define __atomic_xor_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_xor_fetch((p), (v), (o)))
#define __sync_fetch_and_xor(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_xor((p), (v), 5))
#define __sync_xor_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_xor_fetch((p), (v), 5))
#define __atomic_fetch_and(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_and((p), (v), (o)))
#define __atomic_and_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_and_fetch((p), (v), (o)))
#define __sync_fetch_and_and(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_and((p), (v), 5))
#define __sync_and_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_and_fetch((p), (v), 5))
#define __atomic_fetch_nand(p, v, o) ((__STEWARD_OF(p))__steward_atomic_fetch_nand((p), (v), (o)))
#define __atomic_nand_fetch(p, v, o) ((__STEWARD_OF(p))__steward_atomic_nand_fetch((p), (v), (o)))
#define __sync_fetch_and_nand(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_fetch_nand((p), (v), 5))
#define __sync_nand_and_fetch(p, v, ...) ((__STEWARD_OF(p))__steward_atomic_nand_fetch((p), (v), 5))
`
