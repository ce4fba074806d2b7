package front

import (
	"strings"

	"modernc.org/cc/v4"
)

// builtin is what comes before a unit: the macros and types that each unit gets,
// and the declarations of functions, of which it gets those whose names are in
// it. Declaring all of them takes as long as a small program.
var builtin = split(before + cc.Builtin + after + atomics)

type builtins struct {
	macros       string
	declarations []string
	named        map[string][]int // the declarations of a name
}

func split(text string) builtins {
	b := builtins{named: map[string][]int{}}
	var macros []string
	for l := range strings.Lines(text) {
		name := declares(l)
		if name == "" {
			macros = append(macros, l)
			continue
		}
		b.named[name] = append(b.named[name], len(b.declarations))
		// The parser takes __builtin_f for an f that is not declared.
		if short, ok := strings.CutPrefix(name, "__builtin_"); ok {
			b.named[short] = append(b.named[short], len(b.declarations))
		}
		b.declarations = append(b.declarations, l)
	}
	b.macros = strings.Join(macros, "")
	return b
}

// declares gives the name of the function that a line declares, or nothing.
func declares(line string) string {
	before, _, call := strings.Cut(line, "(")
	if !call || line[0] == '#' || line[0] == '/' {
		return ""
	}
	before = strings.TrimSpace(before)
	name := before[strings.LastIndexAny(before, " *")+1:]
	if strings.HasPrefix(name, "__builtin_") || strings.HasPrefix(name, "__steward_") || strings.HasPrefix(name, "__ccgo__") {
		return name
	}
	return ""
}

// some declares the functions that are wanted, in the order of the text.
func (b *builtins) some(wanted map[int]bool) string {
	var t strings.Builder
	for i, l := range b.declarations {
		if wanted[i] {
			t.WriteString(l)
		}
	}
	return t.String()
}

// before and after go around the declarations of builtins that the parser
// brings. A va_list is an array of one structure, as on most machines.
const before = `
typedef struct __va_elem { void *__p; long __n; } __steward_va_list[1];
#define __builtin_va_list __steward_va_list
#define __builtin_va_arg(va, type) (*(type*)__builtin_va_arg_impl(va))
`

const after = `
#undef __builtin_va_copy
#undef true
#undef false
#undef nullptr
#undef bool
extern double _Complex __steward_complex;
void *__builtin_va_arg_impl(__builtin_va_list);
void __builtin_va_start();
void __builtin_va_end(__builtin_va_list);
void __builtin_va_copy(__builtin_va_list, __builtin_va_list);
int __builtin_memcmp_eq(const void*, const void*, __SIZE_TYPE__);
int __builtin_ffs(int);
int __builtin_ffsl(long);
int __builtin_ffsll(long long);
int __builtin_clzll(unsigned long long);
int __builtin_ctzll(unsigned long long);
int __builtin_popcount(unsigned);
int __builtin_popcountl(unsigned long);
int __builtin_popcountll(unsigned long long);
int __builtin_parity(unsigned);
int __builtin_parityl(unsigned long);
int __builtin_parityll(unsigned long long);
int __builtin_isnan(double);
int __builtin_isinf(double);
int __builtin_isinf_sign(double);
int __builtin_isfinite(double);
int __builtin_isnormal(double);
int __builtin_signbit(double);
int __builtin_signbitf(float);
int __builtin_isgreater(double, double);
int __builtin_isgreaterequal(double, double);
int __builtin_isless(double, double);
int __builtin_islessequal(double, double);
int __builtin_islessgreater(double, double);
void __builtin_trap(void);
double _Complex __builtin_conj(double _Complex);
float _Complex __builtin_conjf(float _Complex);
long double _Complex __builtin_conjl(long double _Complex);
double __builtin_creal(double _Complex);
float __builtin_crealf(float _Complex);
long double __builtin_creall(long double _Complex);
double __builtin_cimag(double _Complex);
float __builtin_cimagf(float _Complex);
long double __builtin_cimagl(long double _Complex);
float __builtin_fabsf(float);
long double __builtin_fabsl(long double);
long double __builtin_copysignl(long double, long double);
void *__builtin_mempcpy(void*, const void*, __SIZE_TYPE__);
void *__builtin_memmove(void*, const void*, __SIZE_TYPE__);
char *__builtin_stpcpy(char*, const char*);
char *__builtin_strdup(const char*);
`
