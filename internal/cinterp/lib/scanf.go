package lib

import (
	"math"
	"slices"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// source is what scanf reads: a stream or a string.
type source struct {
	c     *call
	s     *strm  // nil: text
	text  []byte //
	i     int
	count int64 // characters read
	ok    bool  // false: the run is over
}

// next reads a character; -1 at the end.
func (r *source) next() int {
	b := -1
	if r.s != nil {
		b, r.ok = r.s.next(r.c)
	} else if r.i < len(r.text) {
		b = int(r.text[r.i])
		r.i++
	}
	if b >= 0 {
		r.count++
	}
	return b
}

// back gives one back.
func (r *source) back(b int) {
	if b < 0 {
		return
	}
	r.count--
	if r.s != nil {
		r.s.back = append(r.s.back, byte(b))
	} else {
		r.i--
	}
}

func space(b int) bool { return b == ' ' || b >= 9 && b <= 13 }

func (r *source) skip() {
	b := r.next()
	for space(b) {
		b = r.next()
	}
	r.back(b)
}

// scan is one conversion of scanf.
type scan struct {
	suppress bool
	alloc    bool // POSIX's m
	width    int  // 0: none
	length   string
	conv     byte
	set      *[256]bool
}

// stop says how scanf ended before its format did.
type stop uint8

const (
	goOn stop = iota
	noMatch
	noInput
)

// scanning is the input side of C17 7.21.6.
var scanning = map[string]run.LibFunc{
	"scanf": onStd("stdin", func(c *call, s *strm) (slot, bool) { return scanStream(c, s, arg(c, 0), direct(c, 1)) }),
	"vscanf": onStd("stdin", func(c *call, s *strm) (slot, bool) {
		return scanStream(c, s, arg(c, 0), &list{c: c, va: arg(c, 1)})
	}),
	"fscanf": onStream(0, func(c *call, s *strm) (slot, bool) { return scanStream(c, s, arg(c, 1), direct(c, 2)) }),
	"vfscanf": onStream(0, func(c *call, s *strm) (slot, bool) {
		return scanStream(c, s, arg(c, 1), &list{c: c, va: arg(c, 2)})
	}),
	"sscanf":  func(c *call) (slot, bool) { return scanText(c, direct(c, 2)) },
	"vsscanf": func(c *call) (slot, bool) { return scanText(c, &list{c: c, va: arg(c, 2)}) },
}

func scanStream(c *call, s *strm, f slot, l *list) (slot, bool) {
	can, ok := s.input(c)
	if !can {
		return slot{N: eof}, ok
	}
	return scanAll(c, &source{c: c, s: s, ok: true}, f, l)
}

func scanText(c *call, l *list) (slot, bool) {
	b, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	return scanAll(c, &source{c: c, text: append([]byte(nil), b...), ok: true}, arg(c, 1), l)
}

// scanAll follows the format, C17 7.21.6.2.
func scanAll(c *call, r *source, f slot, l *list) (slot, bool) {
	fs, ok := str(c, f)
	if !ok {
		return slot{}, false
	}
	fs = append([]byte(nil), fs...)
	stored, any := int64(0), false
	for i := 0; i < len(fs) && r.ok; i++ {
		switch {
		case space(int(fs[i])):
			r.skip()
			continue
		case fs[i] != '%':
			b := r.next()
			if b == int(fs[i]) {
				continue
			}
			r.back(b)
			return scanned(r, stored, any, b < 0)
		}
		var s scan
		if i, s, ok = parseScan(c, fs, i+1); !ok {
			return slot{}, false
		}
		end, put, ok := r.convert(l, s)
		if !ok {
			return slot{}, false
		}
		if put {
			stored++
		}
		if end != goOn {
			return scanned(r, stored, any, end == noInput)
		}
		any = any || s.conv != 'n' && s.conv != '%'
	}
	return slot{N: uint64(stored)}, r.ok
}

// scanned is the answer when the input did not do: EOF when it ended before
// the first conversion was complete.
func scanned(r *source, stored int64, any, input bool) (slot, bool) {
	if input && stored == 0 && !any {
		return slot{N: eof}, r.ok
	}
	return slot{N: uint64(stored)}, r.ok
}

func parseScan(c *call, f []byte, i int) (int, scan, bool) {
	var s scan
	if i < len(f) && f[i] == '*' {
		s.suppress = true
		i++
	}
	at := i
	for ; i < len(f) && digits(f[i]) && s.width < 1<<28; i++ {
		s.width = s.width*10 + int(f[i]-'0')
	}
	if i > at && s.width == 0 {
		return i, s, c.VM.Find("format-invalid", nil, 0, "the format of %s has a width of 0", c.Name)
	}
	if i < len(f) && f[i] == 'm' {
		s.alloc = true
		i++
	}
	at = i
	for i < len(f) && slices.Contains([]byte("hljztL"), f[i]) {
		i++
	}
	s.length = string(f[at:i])
	if i >= len(f) {
		return i, s, c.VM.Find("format-invalid", nil, 0, "the format of %s ends in a conversion", c.Name)
	}
	s.conv = f[i]
	if !slices.Contains([]string{"", "h", "hh", "l", "ll", "j", "z", "t", "L"}, s.length) {
		return i, s, c.VM.Find("format-invalid", nil, 0, "the format of %s has the length %s, which is none", c.Name, s.length)
	}
	if s.conv != '[' {
		return i, s, true
	}
	return scanSet(c, f, i+1, s)
}

// scanSet reads the set of a %[; i is behind the bracket.
func scanSet(c *call, f []byte, i int, s scan) (int, scan, bool) {
	s.set = new([256]bool)
	in := true
	if i < len(f) && f[i] == '^' {
		in = false
		i++
	}
	first := i
	for ; i < len(f) && (f[i] != ']' || i == first); i++ {
		if f[i] == '-' && i > first && i+1 < len(f) && f[i+1] != ']' && f[i-1] <= f[i+1] {
			for b := int(f[i-1]); b <= int(f[i+1]); b++ {
				s.set[b] = true
			}
			continue
		}
		s.set[f[i]] = true
	}
	if i >= len(f) {
		return i, s, c.VM.Find("format-invalid", nil, 0, "the format of %s has a %%[ that does not end", c.Name)
	}
	if !in {
		for b := range s.set {
			s.set[b] = !s.set[b]
		}
	}
	return i, s, true
}

// convert does one conversion; put tells that something was stored.
func (r *source) convert(l *list, s scan) (end stop, put, ok bool) {
	switch s.conv {
	case 'd', 'i', 'u', 'o', 'x', 'X', 'a', 'A', 'e', 'E', 'f', 'F', 'g', 'G', 's', 'p', '%':
		r.skip()
	case 'c', '[', 'n':
	default:
		return 0, false, r.c.VM.Find("format-invalid", nil, 0, "the format of %s has the conversion %%%c, which is none", r.c.Name, s.conv)
	}
	if !r.ok {
		return 0, false, false
	}
	switch s.conv {
	case '%':
		b := r.next()
		if b == '%' {
			return goOn, false, true
		}
		r.back(b)
		return missed(b), false, true
	case 'n':
		if s.suppress {
			return goOn, false, true
		}
		p, ok := l.target(s)
		return goOn, false, ok && r.c.VM.Store(p, s.intType(r.c), slot{N: uint64(r.count)})
	case 'c', 's', '[':
		return r.characters(l, s)
	case 'd', 'i', 'u', 'o', 'x', 'X', 'p':
		return r.integer(l, s)
	}
	return r.floating(l, s)
}

func missed(b int) stop {
	if b < 0 {
		return noInput
	}
	return noMatch
}

// characters is %c, %s and %[.
func (r *source) characters(l *list, s scan) (stop, bool, bool) {
	if s.length == "l" {
		return 0, false, r.c.VM.Cannot("%%l%c of %s is not supported", s.conv, r.c.Name)
	}
	most := s.width
	if most == 0 {
		most = math.MaxInt
		if s.conv == 'c' {
			most = 1
		}
	}
	var b []byte
	x := 0
	for len(b) < most {
		if x = r.next(); x < 0 {
			break
		}
		if s.conv == 's' && space(x) || s.conv == '[' && !s.set[x] {
			r.back(x)
			break
		}
		b = append(b, byte(x))
	}
	if len(b) == 0 || s.conv == 'c' && len(b) < most {
		return missed(x), false, r.ok
	}
	if s.suppress {
		return goOn, false, r.ok
	}
	if s.conv != 'c' {
		b = append(b, 0)
	}
	p, ok := l.target(s)
	if !ok {
		return 0, false, false
	}
	if s.alloc {
		q, ok := alloc(r.c, uint64(len(b)), 16)
		return goOn, true, ok && r.ok && put(r.c, q, b) && r.c.VM.Store(p, code.TPtr, q)
	}
	return goOn, true, r.ok && put(r.c, p, b)
}

// integer is the conversions of integers and of %p.
func (r *source) integer(l *list, s scan) (stop, bool, bool) {
	base := map[byte]int{'d': 10, 'u': 10, 'i': 0, 'o': 8, 'x': 16, 'X': 16, 'p': 16}[s.conv]
	item, last := r.item(s.width, base)
	u, neg, used, over := parseInt(item, base)
	if s.conv == 'p' && string(item) == "" {
		if n := r.word("(nil)"); n {
			u, used, item = 0, 5, []byte("(nil)")
		}
	}
	if used == 0 || used != len(item) {
		if len(item) > 0 {
			return noMatch, false, r.ok
		}
		return missed(last), false, r.ok
	}
	if s.suppress {
		return goOn, false, r.ok
	}
	p, ok := l.target(s)
	if !ok || !r.ok {
		return 0, false, false
	}
	if s.conv == 'p' {
		if u != 0 && !ext(r.c).printed[u] && !r.c.VM.Find("scanf-pointer", nil, 0, "%s reads the pointer %s, which no %%p printed", r.c.Name, short(item)) {
			return 0, false, false
		}
		return goOn, true, r.c.VM.Store(p, code.TPtr, r.c.VM.M.Recover(u))
	}
	t := s.intType(r.c)
	if !fitsInto(u, neg, over, t) {
		return 0, false, r.c.VM.Find("scanf-range", &p, 0, "%s reads %s, which does not fit in an object of %d bits", r.c.Name, short(item), t.Bits())
	}
	if neg {
		u = -u
	}
	return goOn, true, r.c.VM.Store(p, t, slot{N: u})
}

func fitsInto(u uint64, neg, over bool, t code.T) bool {
	most := ^uint64(0) >> (64 - t.Bits())
	if t.Signed() {
		if most >>= 1; neg {
			most++
		}
	}
	return !over && u <= most
}

func short(b []byte) string {
	if len(b) > 40 {
		return string(b[:37]) + "..."
	}
	return string(b)
}

// word reads a certain text or nothing.
func (r *source) word(w string) bool {
	for i := 0; i < len(w); i++ {
		b := r.next()
		if b != int(w[i]) {
			r.back(b)
			for j := i - 1; j >= 0; j-- {
				r.back(int(w[j]))
			}
			return false
		}
	}
	return true
}

// item reads the longest text that can begin an integer, 7.21.6.2p9. last is
// the character behind it.
func (r *source) item(width, base int) (b []byte, last int) {
	hex, digitsSeen := base == 16 || base == 0, 0
	real := base
	if real == 0 {
		real = 10
	}
	for width == 0 || len(b) < width {
		x := r.next()
		last = x
		n := len(b)
		signs := 0
		if n > 0 && (b[0] == '-' || b[0] == '+') {
			signs = 1
		}
		switch {
		case x >= 0 && n == 0 && (x == '-' || x == '+'):
		case x|32 == 'x' && hex && n == signs+1 && b[signs] == '0':
			real = 16
		case x >= 0 && digit(byte(x)) < real:
			if base == 0 && digitsSeen == 0 && x == '0' {
				real = 8
			}
			digitsSeen++
		default:
			r.back(x)
			return b, last
		}
		b = append(b, byte(x))
	}
	return b, last
}

// intType gives the type of an integer that a conversion stores.
func (s scan) intType(c *call) code.T {
	t := map[uint64]code.T{1: code.I8, 2: code.I16, 4: code.I32, 8: code.I64}[spec{length: s.length}.size(c)]
	if s.conv != 'd' && s.conv != 'i' && s.conv != 'n' {
		t++
	}
	return t
}

// target takes the pointer that a conversion stores through, and checks what
// it points to, 7.21.6.2p10 to p12.
func (l *list) target(s scan) (slot, bool) {
	c := l.c
	var v slot
	var a code.Arg
	if l.va.N != 0 {
		var ok bool
		if v, a, ok = c.VM.NextVarArg(l.va); !ok {
			return v, false
		}
	} else {
		if l.i >= len(l.args) {
			return slot{}, c.VM.Find("format-argument-missing", nil, 0, "the format of %s asks for more arguments than there are", c.Name)
		}
		v = l.args[l.i]
		a = code.Arg{T: code.TPtr}
		if l.i < len(l.typs) {
			a = l.typs[l.i]
		}
		l.i++
	}
	if a.T != code.TPtr {
		return v, c.VM.Find("format-argument-type", nil, 0, "an argument of type %s is given for %%%s%c of %s, which takes a pointer", run.TypeName(a.Type), s.length, s.conv, c.Name)
	}
	p, ok := a.Type.(*cc.PointerType)
	if !ok || s.points(c, p.Elem()) {
		return v, true
	}
	return v, c.VM.Find("format-argument-type", &v, 0, "an argument of type %s is given for %%%s%c of %s", run.TypeName(a.Type), s.length, s.conv, c.Name)
}

// points tells whether a type can be what a conversion stores. In doubt it
// can: what is stored is held against the object's bounds all the same.
func (s scan) points(c *call, t cc.Type) bool {
	if t.Kind() == cc.Void || t.Size() < 0 {
		return true
	}
	if e, ok := t.(*cc.EnumType); ok {
		return e.Size() == 4
	}
	switch s.conv {
	case 'c', 's', '[':
		if s.alloc || s.length == "l" {
			return true
		}
		return t.Size() == 1 || t.Kind() == cc.Array || t.Kind() == cc.Struct || t.Kind() == cc.Union
	case 'p':
		return t.Kind() == cc.Ptr
	case 'd', 'i', 'u', 'o', 'x', 'X', 'n':
		return cc.IsIntegerType(t) && uint64(t.Size()) == spec{length: s.length}.size(c)
	}
	switch s.length {
	case "l":
		return t.Kind() == cc.Double
	case "L":
		return t.Kind() == cc.LongDouble
	}
	return t.Kind() == cc.Float
}
