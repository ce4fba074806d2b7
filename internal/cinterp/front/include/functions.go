package include

import (
	"slices"
	"strings"
)

// Std names where a function comes from.
type Std string

const (
	C17   Std = "C17"   // Annex B of ISO/IEC 9899:2018
	POSIX Std = "POSIX" // POSIX.1-2008, and what Unix systems show without asking
	GNU   Std = "GNU"   // seen with _GNU_SOURCE only
)

// Function is a function, or a macro that is called like one, of a header.
type Function struct {
	Header string // that declares it
	Name   string
	Std    Std
	Macro  bool // there may be no function of this name
}

// group is one header's functions and macros of one standard.
type group struct {
	header string
	std    Std
	names  string // functions
	macros string // macros called like functions
	types  bool   // each name stands for three, with f and l at its end
}

// groups follow Annex B.2 to B.28 (C17), then POSIX and GNU.
var groups = []group{
	{header: "assert.h", std: C17, macros: "assert"},
	{header: "complex.h", std: C17, types: true,
		names: "cacos casin catan ccos csin ctan cacosh casinh catanh ccosh csinh ctanh cexp clog cabs cpow csqrt carg cimag conj cproj creal"},
	{header: "complex.h", std: C17, macros: "CMPLX CMPLXF CMPLXL"},
	{header: "ctype.h", std: C17,
		names: "isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper"},
	{header: "fenv.h", std: C17,
		names: "feclearexcept fegetexceptflag feraiseexcept fesetexceptflag fetestexcept fegetround fesetround fegetenv feholdexcept fesetenv feupdateenv"},
	{header: "inttypes.h", std: C17, names: "imaxabs imaxdiv strtoimax strtoumax wcstoimax wcstoumax"},
	{header: "locale.h", std: C17, names: "setlocale localeconv"},
	{header: "math.h", std: C17,
		macros: "fpclassify isfinite isinf isnan isnormal signbit isgreater isgreaterequal isless islessequal islessgreater isunordered"},
	{header: "math.h", std: C17, types: true,
		names: "acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb ldexp log log10 log1p log2 logb modf " +
			"scalbn scalbln cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint lrint llrint round lround llround trunc " +
			"fmod remainder remquo copysign nan nextafter nexttoward fdim fmax fmin fma"},
	{header: "setjmp.h", std: C17, names: "longjmp", macros: "setjmp"},
	{header: "signal.h", std: C17, names: "signal raise"},
	{header: "stdarg.h", std: C17, macros: "va_arg va_copy va_end va_start"},
	{header: "stdatomic.h", std: C17,
		names: "atomic_thread_fence atomic_signal_fence atomic_flag_test_and_set atomic_flag_test_and_set_explicit atomic_flag_clear atomic_flag_clear_explicit",
		macros: "ATOMIC_VAR_INIT atomic_init kill_dependency atomic_is_lock_free atomic_store atomic_store_explicit atomic_load atomic_load_explicit " +
			"atomic_exchange atomic_exchange_explicit atomic_compare_exchange_strong atomic_compare_exchange_strong_explicit " +
			"atomic_compare_exchange_weak atomic_compare_exchange_weak_explicit atomic_fetch_add atomic_fetch_add_explicit " +
			"atomic_fetch_sub atomic_fetch_sub_explicit atomic_fetch_or atomic_fetch_or_explicit atomic_fetch_xor atomic_fetch_xor_explicit " +
			"atomic_fetch_and atomic_fetch_and_explicit"},
	{header: "stddef.h", std: C17, macros: "offsetof"},
	{header: "stdint.h", std: C17, macros: "INT8_C INT16_C INT32_C INT64_C UINT8_C UINT16_C UINT32_C UINT64_C INTMAX_C UINTMAX_C"},
	{header: "stdio.h", std: C17,
		names: "remove rename tmpfile tmpnam fclose fflush fopen freopen setbuf setvbuf fprintf fscanf printf scanf snprintf sprintf sscanf " +
			"vfprintf vfscanf vprintf vscanf vsnprintf vsprintf vsscanf fgetc fgets fputc fputs getc getchar putc putchar puts ungetc " +
			"fread fwrite fgetpos fseek fsetpos ftell rewind clearerr feof ferror perror"},
	{header: "stdlib.h", std: C17,
		names: "atof atoi atol atoll strtod strtof strtold strtol strtoll strtoul strtoull rand srand aligned_alloc calloc free malloc realloc " +
			"abort atexit at_quick_exit exit _Exit getenv quick_exit system bsearch qsort abs labs llabs div ldiv lldiv " +
			"mblen mbtowc wctomb mbstowcs wcstombs"},
	{header: "string.h", std: C17,
		names: "memcpy memmove strcpy strncpy strcat strncat memcmp strcmp strcoll strncmp strxfrm memchr strchr strcspn strpbrk strrchr strspn " +
			"strstr strtok memset strerror strlen"},
	{header: "threads.h", std: C17,
		names: "call_once cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait cnd_wait mtx_destroy mtx_init mtx_lock mtx_timedlock " +
			"mtx_trylock mtx_unlock thrd_create thrd_current thrd_detach thrd_equal thrd_exit thrd_join thrd_sleep thrd_yield " +
			"tss_create tss_delete tss_get tss_set"},
	{header: "time.h", std: C17, names: "clock difftime mktime time timespec_get asctime ctime gmtime localtime strftime"},
	{header: "uchar.h", std: C17, names: "mbrtoc16 c16rtomb mbrtoc32 c32rtomb"},
	{header: "wchar.h", std: C17,
		names: "fwprintf fwscanf swprintf swscanf vfwprintf vfwscanf vswprintf vswscanf vwprintf vwscanf wprintf wscanf fgetwc fgetws fputwc " +
			"fputws fwide getwc getwchar putwc putwchar ungetwc wcstod wcstof wcstold wcstol wcstoll wcstoul wcstoull wcscpy wcsncpy wmemcpy " +
			"wmemmove wcscat wcsncat wcscmp wcscoll wcsncmp wcsxfrm wmemcmp wcschr wcscspn wcspbrk wcsrchr wcsspn wcsstr wcstok wmemchr " +
			"wcslen wmemset wcsftime btowc wctob mbsinit mbrlen mbrtowc wcrtomb mbsrtowcs wcsrtombs"},
	{header: "wctype.h", std: C17,
		names: "iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph iswlower iswprint iswpunct iswspace iswupper iswxdigit iswctype wctype " +
			"towlower towupper towctrans wctrans"},

	{header: "alloca.h", std: POSIX, macros: "alloca"},
	{header: "ctype.h", std: POSIX, names: "isascii toascii"},
	{header: "err.h", std: POSIX, names: "warn warnx vwarn vwarnx err errx verr verrx"},
	{header: "byteswap.h", std: POSIX, macros: "bswap_16 bswap_32 bswap_64"},
	{header: "dirent.h", std: POSIX, names: "opendir readdir closedir rewinddir"},
	{header: "endian.h", std: POSIX,
		macros: "htobe16 htobe32 htobe64 htole16 htole32 htole64 be16toh be32toh be64toh le16toh le32toh le64toh"},
	{header: "fcntl.h", std: POSIX, names: "open openat creat fcntl"},
	{header: "getopt.h", std: POSIX, names: "getopt getopt_long getopt_long_only"},
	{header: "libgen.h", std: POSIX, names: "basename dirname"},
	{header: "malloc.h", std: POSIX, names: "memalign malloc_usable_size"},
	{header: "math.h", std: POSIX, names: "j0 j1 jn y0 y1 yn"},
	{header: "pthread.h", std: POSIX,
		names: "pthread_create pthread_join pthread_detach pthread_exit pthread_self pthread_equal pthread_once pthread_attr_init " +
			"pthread_attr_destroy pthread_attr_setdetachstate pthread_attr_setstacksize pthread_mutex_init pthread_mutex_destroy " +
			"pthread_mutex_lock pthread_mutex_trylock pthread_mutex_timedlock pthread_mutex_unlock pthread_mutexattr_init " +
			"pthread_mutexattr_destroy pthread_mutexattr_settype pthread_cond_init pthread_cond_destroy pthread_cond_wait " +
			"pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast pthread_rwlock_init pthread_rwlock_destroy " +
			"pthread_rwlock_rdlock pthread_rwlock_tryrdlock pthread_rwlock_wrlock pthread_rwlock_trywrlock pthread_rwlock_unlock " +
			"pthread_barrier_init pthread_barrier_destroy pthread_barrier_wait pthread_spin_init pthread_spin_destroy pthread_spin_lock " +
			"pthread_attr_getdetachstate pthread_condattr_init pthread_condattr_destroy pthread_condattr_setclock pthread_mutexattr_gettype " +
			"pthread_rwlockattr_init pthread_rwlockattr_destroy pthread_rwlockattr_setpshared pthread_barrierattr_init pthread_barrierattr_destroy " +
			"pthread_barrierattr_setpshared pthread_mutexattr_setpshared pthread_yield pthread_spin_trylock pthread_spin_unlock pthread_key_create pthread_key_delete pthread_getspecific pthread_setspecific",
		macros: "pthread_cleanup_push pthread_cleanup_pop"},
	{header: "sched.h", std: POSIX, names: "sched_yield"},
	{header: "semaphore.h", std: POSIX, names: "sem_init sem_destroy sem_wait sem_trywait sem_timedwait sem_post sem_getvalue"},
	{header: "setjmp.h", std: POSIX, names: "siglongjmp _setjmp _longjmp", macros: "sigsetjmp"},
	{header: "signal.h", std: POSIX, names: "kill sigaction sigemptyset sigfillset sigaddset sigdelset sigismember sigprocmask"},
	{header: "stdio.h", std: POSIX,
		names: "fdopen fileno dprintf vdprintf fmemopen open_memstream getline getdelim fseeko ftello getc_unlocked getchar_unlocked " +
			"putc_unlocked putchar_unlocked flockfile funlockfile popen pclose setbuffer setlinebuf"},
	{header: "stdlib.h", std: POSIX,
		names: "posix_memalign setenv unsetenv putenv mkstemp mkdtemp realpath rand_r random srandom drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48 seed48 lcong48 reallocarray " +
			"clearenv mktemp"},
	{header: "string.h", std: POSIX,
		names: "strdup strndup strnlen strtok_r stpcpy stpncpy memccpy strsignal strerror_r strsep explicit_bzero"},
	{header: "strings.h", std: POSIX, names: "strcasecmp strncasecmp ffs bcmp bcopy bzero index rindex"},
	{header: "sys/mman.h", std: POSIX, names: "mmap munmap mprotect msync"},
	{header: "sys/param.h", std: POSIX, macros: "MIN MAX"},
	{header: "sys/resource.h", std: POSIX, names: "getrlimit setrlimit getrusage"},
	{header: "sys/stat.h", std: POSIX, names: "stat fstat lstat chmod fchmod mkdir umask",
		macros: "S_ISREG S_ISDIR S_ISCHR S_ISBLK S_ISFIFO S_ISLNK S_ISSOCK"},
	{header: "sys/time.h", std: POSIX, names: "gettimeofday utimes", macros: "timerisset timerclear"},
	{header: "sys/times.h", std: POSIX, names: "times"},
	{header: "sys/wait.h", std: POSIX, names: "wait waitpid", macros: "WEXITSTATUS WTERMSIG WIFEXITED WIFSIGNALED"},
	{header: "time.h", std: POSIX,
		names: "asctime_r ctime_r gmtime_r localtime_r clock_gettime clock_getres nanosleep tzset strptime timegm"},
	{header: "sys/socket.h", std: POSIX,
		names: "accept bind connect getpeername getsockname getsockopt listen recv recvfrom send sendto setsockopt shutdown socket socketpair"},
	{header: "netinet/in.h", std: POSIX, names: "htonl htons ntohl ntohs"},
	{header: "arpa/inet.h", std: POSIX, names: "inet_addr inet_ntoa inet_ntop inet_pton"},
	{header: "netdb.h", std: POSIX, names: "freeaddrinfo gai_strerror getaddrinfo gethostbyname"},
	{header: "unistd.h", std: POSIX,
		names: "access alarm chdir close dup dup2 _exit fork execv execvp fsync ftruncate getcwd getegid geteuid getgid getpid getppid getuid " +
			"isatty link lseek pause pipe pread pwrite read readlink rmdir sleep symlink sysconf truncate unlink write usleep getpagesize " +
			"gethostname getentropy swab"},
	{header: "utime.h", std: POSIX, names: "utime"},
	{header: "wchar.h", std: POSIX, names: "wcsdup wcsnlen wcscasecmp wcsncasecmp wcwidth wcswidth"},

	{header: "math.h", std: GNU, names: "sincos exp10"},
	{header: "stdio.h", std: GNU, names: "asprintf vasprintf"},
	{header: "stdlib.h", std: GNU, names: "secure_getenv qsort_r"},
	{header: "string.h", std: GNU, names: "memmem memrchr mempcpy rawmemchr strchrnul strcasestr strverscmp"},
	{header: "strings.h", std: GNU, names: "ffsl ffsll"},
}

// Functions lists what the headers declare that a program can call, by header
// and name. The library of the interpreter has each of them, or says of it that
// it cannot tell.
func Functions() []Function {
	var all []Function
	for _, g := range groups {
		for _, n := range strings.Fields(g.names) {
			all = append(all, Function{g.header, n, g.std, false})
			if g.types {
				all = append(all, Function{g.header, n + "f", g.std, false}, Function{g.header, n + "l", g.std, false})
			}
		}
		for _, n := range strings.Fields(g.macros) {
			all = append(all, Function{g.header, n, g.std, true})
		}
	}
	slices.SortFunc(all, func(a, b Function) int {
		if c := strings.Compare(a.Header, b.Header); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

// Names lists the headers, sorted: "assert.h" to "wctype.h" with those in folders.
func Names() []string {
	names := []string{}
	for _, dir := range []string{".", "sys"} {
		entries, err := FS.ReadDir(dir)
		if err != nil {
			continue // both are embedded: a build without them does not compile
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			names = append(names, strings.TrimPrefix(dir+"/"+e.Name(), "./"))
		}
	}
	slices.Sort(names)
	return names
}
