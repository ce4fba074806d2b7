package lib

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// list gives the arguments of a format, one after the other.
type list struct {
	c    *call
	args []slot
	typs []code.Arg
	va   slot
	i    int
	last code.Arg // the one that was taken last

	more    int64    // characters that are counted and not made
	wide    slot     // the wide string that the format is made of
	strings *[]span2 // not nil: the strings that were read are added
}

// next gives an argument, which must be of a class: i for an integer, f for a
// double, p for a pointer.
func (l *list) next(class byte, size uint64) (slot, bool) {
	c := l.c
	if l.va.N != 0 {
		v, a, ok := c.VM.NextVarArg(l.va)
		if !ok {
			return v, false
		}
		return v, l.fits(a, class, size)
	}
	if l.i >= len(l.args) {
		return slot{}, c.VM.Find("format-argument-missing", nil, 0, "the format of %s asks for more arguments than there are", c.Name)
	}
	v := l.args[l.i]
	a := code.Arg{T: code.I32}
	if l.i < len(l.typs) {
		a = l.typs[l.i]
	}
	l.i++
	return v, l.fits(a, class, size)
}

// pointer gives an argument that points to what a conversion reads or stores.
// A string may be of any of the types of characters, or be called void.
func (l *list) pointer(s spec) (slot, bool) {
	v, ok := l.next('p', 8)
	p, is := l.last.Type.(*cc.PointerType)
	if !ok || !is {
		return v, ok
	}
	fits := scan{length: s.length, conv: s.conv}.points(l.c, p.Elem())
	if t := p.Elem(); s.conv == 's' && s.length == "l" && cc.IsArithmeticType(t) {
		fits = cc.IsIntegerType(t) && t.Size() == wcharSize
	}
	if !fits {
		return v, l.c.VM.Find("format-argument-type", &v, 0, "an argument of type %s is given for %%%s%c of %s", run.TypeName(l.last.Type), s.length, s.conv, l.c.Name)
	}
	return v, true
}

func (l *list) fits(a code.Arg, class byte, size uint64) bool {
	l.last = a
	ok := false
	switch class {
	case 'i':
		ok = a.T <= code.U64 && uint64(a.Size) == max(size, 4) || a.T == code.TBool
	case 'f':
		ok = a.T == code.F64
	case 'p':
		ok = a.T == code.TPtr
	}
	if !ok {
		return l.c.VM.Find("format-argument-type", nil, 0, "an argument of type %s is given for a conversion of %s that takes %s", run.TypeName(a.Type), l.c.Name,
			map[byte]string{'i': fmt.Sprintf("an integer of %d bytes", size), 'f': "a double", 'p': "a pointer"}[class])
	}
	return true
}

// spec is one conversion specification.
type spec struct {
	minus, plus, space, alt, zero bool
	width, prec                   int
	length                        string
	conv                          byte
}

// loose notes for the time of a format whether it can be other than the program
// wrote it: it is neither a string literal nor constant.
func loose(c *call, f slot, l *list) func() {
	if l.wide.N != 0 {
		f = l.wide
	}
	o := c.VM.M.Objs[f.Obj]
	c.VM.Seen.Format = f.Obj != 0 && o.Class != mem.ClassString && !o.Const
	return func() { c.VM.Seen.Format = false }
}

// format is C17 7.21.6.1.
func format(c *call, f slot, l *list) ([]byte, bool) {
	if l.va.N != 0 {
		if !c.VM.VaReady(l.va) {
			return nil, false
		}
		defer c.VM.Passed(l.va)
	}
	fs, ok := str(c, f)
	if !ok {
		return nil, false
	}
	defer loose(c, f, l)()
	fs = append([]byte(nil), fs...)
	var out []byte
	for i := 0; i < len(fs); i++ {
		if fs[i] != '%' {
			out = append(out, fs[i])
			continue
		}
		var s spec
		if i, s, ok = parseSpec(c, fs, i+1, l); !ok {
			return nil, false
		}
		if out, ok = convert(c, out, s, l); !ok {
			return nil, false
		}
		if len(out) > c.VM.Limits.Output+1<<16 {
			return nil, c.VM.Cannot("the limit of %d bytes of output is reached", c.VM.Limits.Output)
		}
	}
	if l.more > 0 {
		if l.more+int64(len(out)) > math.MaxInt32 {
			c.VM.Find("format-output-size", nil, 0, "the output of %s would have %d characters, more than an int can count", c.Name, l.more+int64(len(out)))
		}
		return nil, c.VM.Cannot("an output of more than 16 million characters")
	}
	return out, true
}

func parseSpec(c *call, f []byte, i int, l *list) (int, spec, bool) {
	s := spec{prec: -1}
	for ; i < len(f) && strings.IndexByte("-+ #0", f[i]) >= 0; i++ {
		switch f[i] {
		case '-':
			s.minus = true
		case '+':
			s.plus = true
		case ' ':
			s.space = true
		case '#':
			s.alt = true
		case '0':
			s.zero = true
		}
	}
	number := func() (int, bool) {
		if i < len(f) && f[i] == '*' {
			i++
			v, ok := l.next('i', 4)
			return int(int32(v.N)), ok
		}
		n := 0
		for ; i < len(f) && f[i] >= '0' && f[i] <= '9' && n < 1<<24; i++ {
			n = n*10 + int(f[i]-'0')
		}
		return n, true
	}
	var ok bool
	if s.width, ok = number(); !ok {
		return i, s, false
	}
	if s.width < 0 {
		s.width, s.minus = -s.width, true
	}
	if i < len(f) && f[i] == '.' {
		i++
		if s.prec, ok = number(); !ok {
			return i, s, false
		}
	}
	if s.width > 1<<24 || s.prec > 1<<24 {
		// Too long to be made: it is only counted.
		l.more += int64(max(s.width, s.prec))
		s.width, s.prec = min(s.width, 1), min(s.prec, 1)
	}
	at := i
	for i < len(f) && strings.IndexByte("hljztL", f[i]) >= 0 {
		i++
	}
	s.length = string(f[at:i])
	if i >= len(f) {
		return i, s, c.VM.Find("format-invalid", nil, 0, "the format of %s ends in a conversion", c.Name)
	}
	s.conv = f[i]
	return i, s, true
}

func (s spec) size(c *call) uint64 {
	switch s.length {
	case "hh":
		return 1
	case "h":
		return 2
	case "l":
		if c.VM.P.Ptr == 8 && c.VM.LongSize() == 8 {
			return 8
		}
		return 4
	case "ll", "j", "q":
		return 8
	case "z", "t":
		return uint64(c.VM.P.Ptr)
	}
	return 4
}

func convert(c *call, out []byte, s spec, l *list) ([]byte, bool) {
	if !s.sound(c) {
		return nil, false
	}
	switch s.conv {
	case '%':
		return append(out, '%'), true
	case 'd', 'i', 'u', 'x', 'X', 'o':
		v, ok := l.next('i', s.size(c))
		return s.pad(out, s.integer(v.N, s.size(c)), s.prec < 0), ok
	case 'c':
		v, ok := l.next('i', 4)
		return s.pad(out, string([]byte{byte(v.N)}), false), ok
	case 's':
		v, ok := l.pointer(s)
		if !ok {
			return nil, false
		}
		n := uint64(math.MaxUint64)
		if s.prec >= 0 {
			n = uint64(s.prec)
		}
		if s.length == "l" {
			b, ok := wideArgument(c, v, n)
			return s.pad(out, string(b), false), ok
		}
		b, ok := strN(c, v, n)
		if l.strings != nil {
			*l.strings = append(*l.strings, span2{v, uint64(len(b))})
		}
		return s.pad(out, string(b), false), ok
	case 'p':
		v, ok := l.next('p', 8)
		t := "(nil)"
		if v.N != 0 {
			c.VM.Expose(v)
			ext(c).printed[v.N] = true
			t = "0x" + strconv.FormatUint(v.N, 16)
		}
		return s.pad(out, t, false), ok
	case 'n':
		v, ok := l.pointer(s)
		t := map[uint64]code.T{1: code.I8, 2: code.I16, 4: code.I32, 8: code.I64}[s.size(c)]
		return out, ok && c.VM.Store(v, t, slot{N: uint64(len(out))})
	case 'f', 'F', 'e', 'E', 'g', 'G', 'a', 'A':
		v, ok := l.next('f', 8)
		return s.pad(out, s.floating(math.Float64frombits(v.N)), !special(math.Float64frombits(v.N))), ok
	}
	return nil, c.VM.Find("format-invalid", nil, 0, "the format of %s has the conversion %%%c, which is none", c.Name, s.conv)
}

func special(d float64) bool { return math.IsNaN(d) || math.IsInf(d, 0) }

// pad fills a conversion up to its width.
func (s spec) pad(out []byte, t string, zero bool) []byte {
	n := s.width - len(t)
	switch {
	case n <= 0:
		return append(out, t...)
	case s.minus:
		return append(append(out, t...), strings.Repeat(" ", n)...)
	case s.zero && zero:
		sign := 0
		if len(t) > 0 && (t[0] == '-' || t[0] == '+' || t[0] == ' ') {
			sign = 1
		}
		if len(t) > sign+1 && t[sign] == '0' && (t[sign+1] == 'x' || t[sign+1] == 'X') {
			sign += 2
		}
		return append(append(append(out, t[:sign]...), strings.Repeat("0", n)...), t[sign:]...)
	}
	return append(append(out, strings.Repeat(" ", n)...), t...)
}

func (s spec) integer(n, size uint64) string {
	bits := 8 * size
	sh := 64 - bits
	var t, sign string
	if s.conv == 'd' || s.conv == 'i' {
		v := int64(n<<sh) >> sh
		u := uint64(v)
		switch {
		case v < 0:
			sign, u = "-", -u
		case s.plus:
			sign = "+"
		case s.space:
			sign = " "
		}
		t = strconv.FormatUint(u, 10)
	} else {
		base := map[byte]int{'u': 10, 'x': 16, 'X': 16, 'o': 8}[s.conv]
		t = strconv.FormatUint(n<<sh>>sh, base)
		if s.conv == 'X' {
			t = strings.ToUpper(t)
		}
	}
	if s.prec == 0 && t == "0" {
		t = ""
	}
	if len(t) < s.prec {
		t = strings.Repeat("0", s.prec-len(t)) + t
	}
	if s.alt {
		switch {
		case s.conv == 'o' && (t == "" || t[0] != '0'):
			t = "0" + t
		case (s.conv == 'x' || s.conv == 'X') && n<<sh != 0:
			sign = "0" + string(s.conv)
		}
	}
	return sign + t
}

func (s spec) floating(d float64) string {
	sign := ""
	switch {
	case math.Signbit(d):
		sign, d = "-", -d
	case s.plus:
		sign = "+"
	case s.space:
		sign = " "
	}
	up := s.conv < 'a'
	conv := s.conv | 32
	prec := s.prec
	if prec < 0 {
		prec = 6
	}
	var t string
	switch {
	case math.IsNaN(d):
		t = "nan"
	case math.IsInf(d, 0):
		t = "inf"
	case conv == 'f':
		t = strconv.FormatFloat(d, 'f', prec, 64)
	case conv == 'e':
		t = strconv.FormatFloat(d, 'e', prec, 64)
	case conv == 'g':
		t = s.general(d, prec)
	default:
		t = strconv.FormatFloat(d, 'x', s.prec, 64)
		// Go writes at least two digits of the exponent, C one.
		if i := strings.IndexByte(t, 'p'); i >= 0 && len(t) == i+4 && t[i+2] == '0' {
			t = t[:i+2] + t[i+3:]
		}
	}
	if s.alt && !strings.Contains(t, ".") && conv != 'g' && !special(d) {
		t += "."
	}
	if up {
		t = strings.ToUpper(t)
	}
	return sign + t
}

func (s spec) general(d float64, prec int) string {
	if prec == 0 {
		prec = 1
	}
	e := strconv.FormatFloat(d, 'e', prec-1, 64)
	x, _ := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
	t := e
	if x >= -4 && x < prec {
		t = strconv.FormatFloat(d, 'f', prec-1-x, 64)
	}
	if s.alt {
		return t
	}
	m, exp, has := strings.Cut(t, "e")
	if strings.Contains(m, ".") {
		m = strings.TrimRight(strings.TrimRight(m, "0"), ".")
	}
	if has {
		return m + "e" + exp
	}
	return m
}

// direct makes the list of a call with its arguments behind the n-th.
func direct(c *call, n int) *list {
	return &list{c: c, args: c.Args[min(n, len(c.Args)):], typs: c.Site.Args[min(n, len(c.Site.Args)):]}
}

func write(c *call, fd int, b []byte) bool {
	if c.VM.Out == nil || !c.VM.Out.Write(fd, b) {
		return c.VM.Cannot("the limit of %d bytes of output is reached", c.VM.Limits.Output)
	}
	return true
}
