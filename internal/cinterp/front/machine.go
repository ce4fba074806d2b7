package front

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"
)

// Machine is an implementation of C, as far as a program can see one.
type Machine struct {
	Name       string // what --machine calls it
	Ptr        int    // bytes of a pointer
	Long       int    // bytes of a long
	BigEndian  bool
	CharSigned bool
	goos, arch string
}

// Machines lists the machines by name; the first one is the default.
var Machines = []Machine{
	{Name: "lp64", Ptr: 8, Long: 8, CharSigned: true, goos: "linux", arch: "amd64"},
	{Name: "ilp32", Ptr: 4, Long: 4, CharSigned: true, goos: "linux", arch: "386"},
	{Name: "llp64", Ptr: 8, Long: 4, CharSigned: true, goos: "windows", arch: "amd64"},
	{Name: "lp64be", Ptr: 8, Long: 8, BigEndian: true, goos: "linux", arch: "s390x"},
	{Name: "lp64u", Ptr: 8, Long: 8, CharSigned: false, goos: "linux", arch: "amd64"},
}

// MachineNamed gives the machine with a name, or an error that lists them all.
func MachineNamed(name string) (Machine, error) {
	var names []string
	for _, m := range Machines {
		if m.Name == name || name == "" {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Machine{}, fmt.Errorf("no machine is called %q: there are %s", name, strings.Join(names, ", "))
}

func (m Machine) abi() (*cc.ABI, error) {
	abi, err := cc.NewABI(m.goos, m.arch)
	if err != nil {
		return nil, fmt.Errorf("machine %s: %w", m.Name, err)
	}
	abi.SignedChar = m.CharSigned
	return abi, nil
}

// predefined gives the macros that the machine has before the first line.
func (m Machine) predefined() string {
	var b strings.Builder
	def := func(name, value string) { fmt.Fprintf(&b, "#define %s %s\n", name, value) }
	def("__STDC__", "1")
	def("__STDC_VERSION__", "201710L")
	def("__STDC_HOSTED__", "1")
	def("__STDC_NO_ATOMICS__", "1")
	def("__STDC_NO_THREADS__", "1")
	def("__steward__", "1")
	def("__CHAR_BIT__", "8")
	def("__unix__", "1")
	def("__ORDER_LITTLE_ENDIAN__", "1234")
	def("__ORDER_BIG_ENDIAN__", "4321")
	if m.BigEndian {
		def("__BYTE_ORDER__", "__ORDER_BIG_ENDIAN__")
		def("__BIG_ENDIAN__", "1")
	} else {
		def("__BYTE_ORDER__", "__ORDER_LITTLE_ENDIAN__")
	}
	if !m.CharSigned {
		def("__CHAR_UNSIGNED__", "1")
	}
	m.widths(def)
	floats(def)
	return b.String()
}

func (m Machine) widths(def func(name, value string)) {
	def("__SIZEOF_SHORT__", "2")
	def("__SIZEOF_INT__", "4")
	def("__SIZEOF_LONG__", fmt.Sprint(m.Long))
	def("__SIZEOF_LONG_LONG__", "8")
	def("__SIZEOF_POINTER__", fmt.Sprint(m.Ptr))
	def("__SIZEOF_SIZE_T__", fmt.Sprint(m.Ptr))
	def("__SIZEOF_PTRDIFF_T__", fmt.Sprint(m.Ptr))
	def("__SIZEOF_WCHAR_T__", "4")
	def("__SIZEOF_FLOAT__", "4")
	def("__SIZEOF_DOUBLE__", "8")
	def("__SCHAR_MAX__", "127")
	def("__SHRT_MAX__", "32767")
	def("__INT_MAX__", "2147483647")
	def("__LONG_LONG_MAX__", "9223372036854775807LL")
	def("__WCHAR_MAX__", "2147483647")
	def("__WCHAR_TYPE__", "int")
	def("__WINT_TYPE__", "unsigned int")
	long64 := m.Long == 8
	if long64 {
		def("__LONG_MAX__", "9223372036854775807L")
		def("__LP64__", "1")
		def("_LP64", "1")
	} else {
		def("__LONG_MAX__", "2147483647L")
	}
	word, suffix := "int", ""
	switch {
	case long64:
		word, suffix = "long", "L"
	case m.Ptr == 8:
		word, suffix = "long long", "LL"
	}
	max, umax := "2147483647", "4294967295U"
	if m.Ptr == 8 {
		max, umax = "9223372036854775807"+suffix, "18446744073709551615U"+suffix
	}
	def("__SIZE_TYPE__", "unsigned "+word)
	def("__PTRDIFF_TYPE__", word)
	def("__INTPTR_TYPE__", word)
	def("__UINTPTR_TYPE__", "unsigned "+word)
	def("__SIZE_MAX__", umax)
	def("__PTRDIFF_MAX__", max)
	def("__INTPTR_MAX__", max)
	def("__UINTPTR_MAX__", umax)
	i64, s64 := "long long", "LL"
	if long64 {
		i64, s64 = "long", "L"
	}
	for _, t := range [][4]string{{"8", "signed char", "127", "255"}, {"16", "short", "32767", "65535"}, {"32", "int", "2147483647", "4294967295U"}, {"64", i64, "9223372036854775807" + s64, "18446744073709551615U" + s64}} {
		u := "unsigned " + strings.TrimPrefix(t[1], "signed ")
		for _, p := range []string{"", "_LEAST", "_FAST"} {
			def("__INT"+p+t[0]+"_TYPE__", t[1])
			def("__UINT"+p+t[0]+"_TYPE__", u)
			def("__INT"+p+t[0]+"_MAX__", t[2])
			def("__UINT"+p+t[0]+"_MAX__", t[3])
		}
	}
	def("__INT8_C(c)", "c")
	def("__INT16_C(c)", "c")
	def("__INT32_C(c)", "c")
	def("__INT64_C(c)", "c ## "+s64)
	def("__UINT8_C(c)", "c")
	def("__UINT16_C(c)", "c")
	def("__UINT32_C(c)", "c ## U")
	def("__UINT64_C(c)", "c ## U"+s64)
	def("__INTMAX_TYPE__", i64)
	def("__UINTMAX_TYPE__", "unsigned "+i64)
	def("__INTMAX_MAX__", "9223372036854775807"+s64)
	def("__UINTMAX_MAX__", "18446744073709551615U"+s64)
	def("__INTMAX_C(c)", "c ## "+s64)
	def("__UINTMAX_C(c)", "c ## U"+s64)
}

// floats defines what <float.h> tells; long double is as double.
func floats(def func(name, value string)) {
	def("__FLT_EVAL_METHOD__", "0")
	def("__FLT_RADIX__", "2")
	def("__DECIMAL_DIG__", "17")
	for _, t := range [][2]string{{"DBL", ""}, {"LDBL", "L"}} {
		p, s := "__"+t[0]+"_", t[1]
		def(p+"MANT_DIG__", "53")
		def(p+"DIG__", "15")
		def(p+"DECIMAL_DIG__", "17")
		def(p+"MIN_EXP__", "(-1021)")
		def(p+"MIN_10_EXP__", "(-307)")
		def(p+"MAX_EXP__", "1024")
		def(p+"MAX_10_EXP__", "308")
		def(p+"MAX__", "1.79769313486231570814527423731704357e+308"+s)
		def(p+"MIN__", "2.22507385850720138309023271733240406e-308"+s)
		def(p+"EPSILON__", "2.22044604925031308084726333618164062e-16"+s)
		def(p+"DENORM_MIN__", "4.94065645841246544176568792868221372e-324"+s)
	}
	def("__FLT_MANT_DIG__", "24")
	def("__FLT_DIG__", "6")
	def("__FLT_DECIMAL_DIG__", "9")
	def("__FLT_MIN_EXP__", "(-125)")
	def("__FLT_MIN_10_EXP__", "(-37)")
	def("__FLT_MAX_EXP__", "128")
	def("__FLT_MAX_10_EXP__", "38")
	def("__FLT_MAX__", "3.40282346638528859811704183484516925e+38F")
	def("__FLT_MIN__", "1.17549435082228750796873653722224568e-38F")
	def("__FLT_EPSILON__", "1.19209289550781250000000000000000000e-7F")
	def("__FLT_DENORM_MIN__", "1.40129846432481707092372958328991613e-45F")
}
