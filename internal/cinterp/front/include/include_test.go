package include

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modernc.org/cc/v4"
)

// machine is what the predefined macros of one machine say.
type machine struct {
	name, goos, arch      string
	ptr, long             int
	size, ptrdiff, int64t string
	unsignedChar          bool
}

var machines = []machine{
	{name: "LP64", goos: "linux", arch: "amd64", ptr: 8, long: 8, size: "unsigned long", ptrdiff: "long", int64t: "long"},
	{name: "ILP32", goos: "linux", arch: "386", ptr: 4, long: 4, size: "unsigned int", ptrdiff: "int", int64t: "long long"},
	{name: "LLP64", goos: "windows", arch: "amd64", ptr: 8, long: 4, size: "unsigned long long", ptrdiff: "long long", int64t: "long long"},
	{name: "big-endian", goos: "linux", arch: "s390x", ptr: 8, long: 8, size: "unsigned long", ptrdiff: "long", int64t: "long"},
	{name: "unsigned char", goos: "linux", arch: "arm64", ptr: 8, long: 8, size: "unsigned long", ptrdiff: "long", int64t: "long", unsignedChar: true},
}

func (m machine) predefined(more string) string {
	var b strings.Builder
	def := func(name string, value any) { fmt.Fprintf(&b, "#define %s %v\n", name, value) }
	suffix := map[string]string{"int": "", "long": "L", "long long": "LL"}
	widest := func(t string) string { return "9223372036854775807" + suffix[t] }
	def("__STDC__", 1)
	def("__STDC_HOSTED__", 1)
	def("__STDC_VERSION__", "201710L")
	def("__CHAR_BIT__", 8)
	def("__SCHAR_MAX__", 127)
	def("__SHRT_MAX__", 32767)
	def("__INT_MAX__", 2147483647)
	def("__LONG_LONG_MAX__", "9223372036854775807LL")
	def("__LONG_MAX__", map[int]string{4: "2147483647L", 8: "9223372036854775807L"}[m.long])
	def("__SIZEOF_LONG__", m.long)
	def("__SIZEOF_POINTER__", m.ptr)
	if m.unsignedChar {
		def("__CHAR_UNSIGNED__", 1)
	}
	def("__SIZE_TYPE__", m.size)
	def("__PTRDIFF_TYPE__", m.ptrdiff)
	def("__INTPTR_TYPE__", m.ptrdiff)
	def("__UINTPTR_TYPE__", m.size)
	max, umax := widest(m.ptrdiff), "18446744073709551615U"+suffix[m.ptrdiff]
	if m.ptr == 4 {
		max, umax = "2147483647", "4294967295U"
	}
	def("__PTRDIFF_MAX__", max)
	def("__INTPTR_MAX__", max)
	def("__SIZE_MAX__", umax)
	def("__UINTPTR_MAX__", umax)
	def("__WCHAR_TYPE__", "int")
	def("__WCHAR_MAX__", 2147483647)
	def("__WINT_TYPE__", "unsigned int")
	for _, t := range [][3]string{{"8", "signed char", "127"}, {"16", "short", "32767"}, {"32", "int", "2147483647"}, {"64", m.int64t, widest(m.int64t)}} {
		for _, kind := range []string{"", "_LEAST", "_FAST"} {
			def("__INT"+kind+t[0]+"_TYPE__", t[1])
			def("__UINT"+kind+t[0]+"_TYPE__", "unsigned "+strings.TrimPrefix(t[1], "signed "))
			def("__INT"+kind+t[0]+"_MAX__", t[2])
			def("__UINT"+kind+t[0]+"_MAX__", "("+t[2]+"*2ULL+1)")
		}
		def("__INT"+t[0]+"_C(c)", "c")
		def("__UINT"+t[0]+"_C(c)", "c")
	}
	def("__INTMAX_TYPE__", m.int64t)
	def("__UINTMAX_TYPE__", "unsigned "+m.int64t)
	def("__INTMAX_MAX__", widest(m.int64t))
	def("__UINTMAX_MAX__", "18446744073709551615ULL")
	def("__INTMAX_C(c)", "c ## LL")
	def("__UINTMAX_C(c)", "c ## ULL")
	return b.String() + more
}

// parse reads a text with our headers as the only ones.
func (m machine) parse(text, more string) (*cc.AST, error) {
	abi, err := cc.NewABI(m.goos, m.arch)
	if err != nil {
		return nil, err
	}
	predefined := m.predefined(more)
	return cc.Translate(&cc.Config{ABI: abi, FS: headers{}, FSOnly: true, SysIncludePaths: []string{"h"}, IncludePaths: []string{"h"}, Predefined: predefined}, []cc.Source{
		{Name: "<predefined>", Value: predefined},
		{Name: "<builtin>", Value: cc.Builtin + "int __builtin_isgreater(double, double), __builtin_isgreaterequal(double, double), __builtin_isless(double, double), __builtin_islessequal(double, double), __builtin_islessgreater(double, double);\n"},
		{Name: "test.c", Value: text},
	})
}

// headers shows FS below the folder h.
type headers struct{}

func (headers) Open(name string) (fs.File, error) {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "h/")
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return FS.Open(rest)
}

func includes(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "#include <%s>\n", n)
	}
	return b.String()
}

const gnu = "#define _GNU_SOURCE 1\n"

func TestEachHeaderAloneAndTwice(t *testing.T) {
	t.Parallel()
	for _, m := range machines {
		for _, more := range []string{"", gnu, "#define __STRICT_ANSI__ 1\n"} {
			for _, n := range Names() {
				if _, err := m.parse(includes(n, n)+"int x;\n", more); err != nil {
					t.Errorf("%s, %q, %s: %v", m.name, more, n, err)
				}
			}
		}
	}
}

func TestAllHeadersInAnyOrder(t *testing.T) {
	t.Parallel()
	for i, m := range machines {
		names := slices.Concat(Names(), Names())
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		for range 8 {
			rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			if _, err := m.parse(includes(names...)+"int x;\n", gnu); err != nil {
				t.Errorf("%s, in the order %v: %v", m.name, names, err)
			}
		}
	}
}

// declared lists the functions that a header brings and another does not.
func declared(t *testing.T, header, more string) (functions, macros []string) {
	t.Helper()
	ast, err := machines[0].parse(includes(header)+"int x;\n", more)
	if err != nil {
		t.Fatalf("%s: %v", header, err)
	}
	for name, nodes := range ast.Scope.Nodes {
		for _, n := range nodes {
			d, ok := n.(*cc.Declarator)
			if ok && d.Type().Kind() == cc.Function && d.Position().Filename == "h/"+header {
				functions = append(functions, name)
				break
			}
		}
	}
	for name, m := range ast.Macros {
		if m.IsFnLike && strings.HasPrefix(m.Position().Filename, "h/"+header) {
			macros = append(macros, name)
		}
	}
	slices.Sort(functions)
	slices.Sort(macros)
	return functions, macros
}

// TestTableIsTheHeaders: the table names what the headers declare, and no more.
func TestTableIsTheHeaders(t *testing.T) {
	t.Parallel()
	ours := func(name string) bool { return strings.HasPrefix(name, "__") }
	for _, std := range []struct {
		more string
		have []Std
	}{
		{"#define __STRICT_ANSI__ 1\n", []Std{C17}},
		{"", []Std{C17, POSIX}},
		{gnu, []Std{C17, POSIX, GNU}},
	} {
		for _, h := range Names() {
			if h == "tgmath.h" {
				continue // the names of math.h again, as macros
			}
			if len(std.have) == 1 && !slices.Contains(standard, h) {
				continue // whoever includes a header of POSIX wants what it has
			}
			functions, macros := declared(t, h, std.more)
			var want []string
			for _, f := range Functions() {
				if f.Header != h || !slices.Contains(std.have, f.Std) {
					continue
				}
				want = append(want, f.Name)
				if !f.Macro && !slices.Contains(functions, f.Name) {
					t.Errorf("%s does not declare %s (%q)", h, f.Name, std.more)
				}
				if f.Macro && !slices.Contains(macros, f.Name) {
					t.Errorf("%s has no macro %s (%q)", h, f.Name, std.more)
				}
			}
			for _, n := range slices.Concat(functions, macros) {
				if !ours(n) && !slices.Contains(want, n) {
					t.Errorf("%s has %s, which the table does not (%q)", h, n, std.more)
				}
			}
		}
	}
}

// standard lists the headers of 7.1.2.
var standard = strings.Fields("assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h " +
	"signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h " +
	"time.h uchar.h wchar.h wctype.h")

func TestEveryStandardHeader(t *testing.T) {
	t.Parallel()
	for _, h := range standard {
		if !slices.Contains(Names(), h) {
			t.Errorf("C17 has %s, we do not", h)
		}
	}
}

// TestFacts lets the parser judge what the standard fixes about the values.
func TestFacts(t *testing.T) {
	t.Parallel()
	const facts = `
_Static_assert(CHAR_MIN == 0 ? CHAR_MAX == UCHAR_MAX : CHAR_MIN == SCHAR_MIN, "char");
_Static_assert(INT_MIN + INT_MAX == -1 && UINT_MAX == 4294967295U, "int");
_Static_assert(LONG_MIN + LONG_MAX == -1 && ULONG_MAX == (unsigned long)-1, "long");
_Static_assert(LLONG_MIN + LLONG_MAX == -1 && ULLONG_MAX == (unsigned long long)-1, "long long");
_Static_assert(SIZE_MAX == (size_t)-1 && UINTPTR_MAX == (uintptr_t)-1 && UINTMAX_MAX == (uintmax_t)-1, "widths");
_Static_assert(sizeof(intptr_t) == sizeof(void *) && sizeof(size_t) == sizeof(ptrdiff_t), "pointers");
_Static_assert(sizeof(int8_t) == 1 && sizeof(int16_t) == 2 && sizeof(int32_t) == 4 && sizeof(int64_t) == 8, "exact");
_Static_assert((int8_t)-1 < 0 && (uint8_t)-1 == 255 && (uint64_t)-1 == UINT64_MAX, "signs");
_Static_assert(INT8_MIN == -128 && INT64_MIN + INT64_MAX == -1, "min");
_Static_assert(EOF < 0 && BUFSIZ >= 256 && FOPEN_MAX >= 8 && TMP_MAX >= 25, "stdio");
_Static_assert(RAND_MAX >= 32767 && EXIT_SUCCESS == 0, "stdlib");
_Static_assert(sizeof(wint_t) >= sizeof(wchar_t) && sizeof(sig_atomic_t) == sizeof(int), "wide");
struct pair { char a; long b; };
_Static_assert(offsetof(struct pair, b) == _Alignof(long), "offsetof");
_Static_assert(_Generic(INT64_MAX, int64_t: 1, default: 0), "type of INT64_MAX");
_Static_assert(sizeof(PRId64) == sizeof "ld" || sizeof(PRId64) == sizeof "lld", "format");
`
	for _, m := range machines {
		if _, err := m.parse(includes(Names()...)+facts, gnu); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// TestMacrosAreUsable: the macros that stand for types and generic functions
// make expressions of the right type.
func TestMacrosAreUsable(t *testing.T) {
	t.Parallel()
	const uses = `
atomic_int count = ATOMIC_VAR_INIT(3);
_Atomic(char *) text;
int sum(int n, ...) {
	va_list ap, again;
	va_start(ap, n);
	va_copy(again, ap);
	int s = va_arg(ap, int) + (int)va_arg(again, double);
	va_end(again);
	va_end(ap);
	return s;
}
static jmp_buf env;
int main(void) {
	int old = 3;
	assert(count == 3);
	errno = 0;
	_Static_assert(_Generic(atomic_load(&count), int: 1, default: 0), "load");
	_Static_assert(_Generic(atomic_fetch_add(&count, 1), int: 1, default: 0), "fetch");
	_Static_assert(_Generic(atomic_exchange(&text, "x"), char *: 1, default: 0), "exchange");
	_Static_assert(_Generic(atomic_compare_exchange_strong(&count, &old, 4), _Bool: 1, default: 0), "compare");
	atomic_store_explicit(&count, 5, memory_order_release);
	atomic_init(&count, 6);
	float f = 1;
	_Static_assert(_Generic(sqrt(f), float: 1, default: 0), "float of tgmath");
	_Static_assert(_Generic(sqrt(2), double: 1, default: 0), "int of tgmath");
	_Static_assert(_Generic(pow(f, 2.0L), long double: 1, default: 0), "long double of tgmath");
	if (isnan(f) || isinf(1.0) || !isfinite(1.0L) || isnormal(f) != 1 || signbit(-1.0) == 0 || isless(1, 2) == 0)
		return 1;
	double inf = INFINITY + NAN + HUGE_VAL;
	if (setjmp(env) == 0)
		longjmp(env, 1);
	char *room = alloca(3);
	once_flag once = ONCE_FLAG_INIT;
	(void)once, (void)room, (void)inf;
	fprintf(stderr, "%" PRId64 " %zu", INT64_C(3), offsetof(div_t, rem));
	return sum(1, 2, 3.0) + (int)(WEOF == btowc(EOF));
}
`
	for _, m := range machines {
		if _, err := m.parse(includes(Names()...)+uses, gnu); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// TestCompilersReadThem: gcc and clang take every header, in strict C17 and not.
func TestCompilersReadThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "h"), FS); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "all.c")
	if err := os.WriteFile(program, []byte(includes(slices.Concat(Names(), Names())...)+"int x;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gcc", "clang"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("no %s here", name)
			continue
		}
		for _, std := range []string{"-std=c17", "-std=gnu17"} {
			for _, width := range []string{"-D_GNU_SOURCE", "-funsigned-char", "-m32"} {
				if out, err := exec.Command(path, std, width, "-nostdinc", "-isystem", filepath.Join(dir, "h"), "-fsyntax-only", "-Wall", "-Werror", program).CombinedOutput(); err != nil {
					t.Errorf("%s %s %s: %v\n%s", name, std, width, err, out)
				}
			}
		}
	}
}
