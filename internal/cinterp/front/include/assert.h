#ifndef __STEWARD_ASSERT
#define __STEWARD_ASSERT 1
_Noreturn void __steward_assert(const char *text, const char *file, int line, const char *func);
#endif
/* Included again, it follows NDEBUG anew (7.2p1). */
#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
#define assert(e) ((e) ? (void)0 : __steward_assert(#e, __FILE__, __LINE__, __func__))
#endif
#undef static_assert
#define static_assert _Static_assert
