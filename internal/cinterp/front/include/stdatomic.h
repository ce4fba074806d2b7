#ifndef _STDATOMIC_H
#define _STDATOMIC_H 1
#define ATOMIC_BOOL_LOCK_FREE 2
#define ATOMIC_CHAR_LOCK_FREE 2
#define ATOMIC_CHAR16_T_LOCK_FREE 2
#define ATOMIC_CHAR32_T_LOCK_FREE 2
#define ATOMIC_WCHAR_T_LOCK_FREE 2
#define ATOMIC_SHORT_LOCK_FREE 2
#define ATOMIC_INT_LOCK_FREE 2
#define ATOMIC_LONG_LOCK_FREE 2
#define ATOMIC_LLONG_LOCK_FREE 2
#define ATOMIC_POINTER_LOCK_FREE 2
#define ATOMIC_FLAG_INIT { 0 }
#define ATOMIC_VAR_INIT(value) (value)
typedef enum {
	memory_order_relaxed, memory_order_consume, memory_order_acquire,
	memory_order_release, memory_order_acq_rel, memory_order_seq_cst
} memory_order;
typedef struct { _Atomic _Bool __set; } atomic_flag;
typedef _Atomic(_Bool) atomic_bool;
typedef _Atomic(char) atomic_char;
typedef _Atomic(signed char) atomic_schar;
typedef _Atomic(unsigned char) atomic_uchar;
typedef _Atomic(short) atomic_short;
typedef _Atomic(unsigned short) atomic_ushort;
typedef _Atomic(int) atomic_int;
typedef _Atomic(unsigned) atomic_uint;
typedef _Atomic(long) atomic_long;
typedef _Atomic(unsigned long) atomic_ulong;
typedef _Atomic(long long) atomic_llong;
typedef _Atomic(unsigned long long) atomic_ullong;
typedef _Atomic(__UINT_LEAST16_TYPE__) atomic_char16_t;
typedef _Atomic(__UINT_LEAST32_TYPE__) atomic_char32_t;
typedef _Atomic(__WCHAR_TYPE__) atomic_wchar_t;
typedef _Atomic(__INT_LEAST8_TYPE__) atomic_int_least8_t;
typedef _Atomic(__UINT_LEAST8_TYPE__) atomic_uint_least8_t;
typedef _Atomic(__INT_FAST8_TYPE__) atomic_int_fast8_t;
typedef _Atomic(__UINT_FAST8_TYPE__) atomic_uint_fast8_t;
typedef _Atomic(__INT_LEAST16_TYPE__) atomic_int_least16_t;
typedef _Atomic(__UINT_LEAST16_TYPE__) atomic_uint_least16_t;
typedef _Atomic(__INT_FAST16_TYPE__) atomic_int_fast16_t;
typedef _Atomic(__UINT_FAST16_TYPE__) atomic_uint_fast16_t;
typedef _Atomic(__INT_LEAST32_TYPE__) atomic_int_least32_t;
typedef _Atomic(__UINT_LEAST32_TYPE__) atomic_uint_least32_t;
typedef _Atomic(__INT_FAST32_TYPE__) atomic_int_fast32_t;
typedef _Atomic(__UINT_FAST32_TYPE__) atomic_uint_fast32_t;
typedef _Atomic(__INT_LEAST64_TYPE__) atomic_int_least64_t;
typedef _Atomic(__UINT_LEAST64_TYPE__) atomic_uint_least64_t;
typedef _Atomic(__INT_FAST64_TYPE__) atomic_int_fast64_t;
typedef _Atomic(__UINT_FAST64_TYPE__) atomic_uint_fast64_t;
typedef _Atomic(__INTPTR_TYPE__) atomic_intptr_t;
typedef _Atomic(__UINTPTR_TYPE__) atomic_uintptr_t;
typedef _Atomic(__SIZE_TYPE__) atomic_size_t;
typedef _Atomic(__PTRDIFF_TYPE__) atomic_ptrdiff_t;
typedef _Atomic(__INTMAX_TYPE__) atomic_intmax_t;
typedef _Atomic(__UINTMAX_TYPE__) atomic_uintmax_t;
/*
 * The interpreter knows the functions that begin with __steward_atomic_ by name:
 * the first argument is a pointer to an atomic object, and tells the type.
 */
void atomic_thread_fence(memory_order order);
void atomic_signal_fence(memory_order order);
_Bool atomic_flag_test_and_set(volatile atomic_flag *f);
_Bool atomic_flag_test_and_set_explicit(volatile atomic_flag *f, memory_order order);
void atomic_flag_clear(volatile atomic_flag *f);
void atomic_flag_clear_explicit(volatile atomic_flag *f, memory_order order);
_Bool __steward_atomic_is_lock_free(__SIZE_TYPE__ size);
#define kill_dependency(y) (y)
#define atomic_is_lock_free(p) (__steward_atomic_is_lock_free(sizeof *(p)))
#define atomic_init(p, v) ((void)(*(p) = (v)))
/* The comma makes the type that of a value, without _Atomic. */
#define __STEWARD_VALUE(p) __typeof__((void)0, *(p))
#define atomic_store_explicit(p, v, order) (__steward_atomic_store((p), (__STEWARD_VALUE(p))(v), (order)))
#define atomic_store(p, v) atomic_store_explicit(p, v, memory_order_seq_cst)
#define atomic_load_explicit(p, order) ((__STEWARD_VALUE(p))__steward_atomic_load((p), (order)))
#define atomic_load(p) atomic_load_explicit(p, memory_order_seq_cst)
#define atomic_exchange_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_exchange((p), (__STEWARD_VALUE(p))(v), (order)))
#define atomic_exchange(p, v) atomic_exchange_explicit(p, v, memory_order_seq_cst)
#define atomic_compare_exchange_strong_explicit(p, want, v, yes, no) ((_Bool)__steward_atomic_compare_exchange((p), (want), (__STEWARD_VALUE(p))(v), (yes), (no)))
#define atomic_compare_exchange_strong(p, want, v) atomic_compare_exchange_strong_explicit(p, want, v, memory_order_seq_cst, memory_order_seq_cst)
#define atomic_compare_exchange_weak_explicit(p, want, v, yes, no) atomic_compare_exchange_strong_explicit(p, want, v, yes, no)
#define atomic_compare_exchange_weak(p, want, v) atomic_compare_exchange_strong(p, want, v)
#define atomic_fetch_add_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_fetch_add((p), (v), (order)))
#define atomic_fetch_add(p, v) atomic_fetch_add_explicit(p, v, memory_order_seq_cst)
#define atomic_fetch_sub_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_fetch_sub((p), (v), (order)))
#define atomic_fetch_sub(p, v) atomic_fetch_sub_explicit(p, v, memory_order_seq_cst)
#define atomic_fetch_or_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_fetch_or((p), (v), (order)))
#define atomic_fetch_or(p, v) atomic_fetch_or_explicit(p, v, memory_order_seq_cst)
#define atomic_fetch_xor_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_fetch_xor((p), (v), (order)))
#define atomic_fetch_xor(p, v) atomic_fetch_xor_explicit(p, v, memory_order_seq_cst)
#define atomic_fetch_and_explicit(p, v, order) ((__STEWARD_VALUE(p))__steward_atomic_fetch_and((p), (v), (order)))
#define atomic_fetch_and(p, v) atomic_fetch_and_explicit(p, v, memory_order_seq_cst)
#endif
