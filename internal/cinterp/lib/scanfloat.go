package lib

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"steward/internal/cinterp/code"
)

// floating is the conversions of floating numbers.
func (r *source) floating(l *list, s scan) (stop, bool, bool) {
	var b []byte
	last := 0
	for s.width == 0 || len(b) < s.width {
		x := r.next()
		last = x
		if x < 0 {
			break
		}
		if !begins(append(b, byte(x))) {
			r.back(x)
			break
		}
		if b = append(b, byte(x)); len(b) > 4096 {
			return 0, false, r.c.VM.Cannot("%s of a number of more than 4096 characters is not supported", r.c.Name)
		}
	}
	d, used, _ := floatAt(b, s.length == "")
	if used == 0 || used != len(b) {
		if len(b) > 0 {
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
	t := code.F64
	switch s.length {
	case "":
		t = code.F32
	case "l", "L": // the interpreter keeps a long double as a double
	default:
		return 0, false, r.c.VM.Find("format-invalid", nil, 0, "the format of %s has the length %s with %%%c", r.c.Name, s.length, s.conv)
	}
	return goOn, true, r.c.VM.Store(p, t, slot{N: math.Float64bits(d)})
}

// begins tells whether a text can begin what strtod takes.
func begins(b []byte) bool {
	s := strings.ToLower(string(b))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	if len(b) > 1 && len(b)-len(s) > 1 {
		return false
	}
	if s == "" || strings.HasPrefix("infinity", s) || strings.HasPrefix("nan", s) {
		return true
	}
	if rest, ok := strings.CutPrefix(s, "nan("); ok {
		i := strings.IndexFunc(rest, func(c rune) bool { return c != '_' && (c > 127 || !alnum(byte(c))) })
		return i < 0 || i == len(rest)-1 && rest[i] == ')'
	}
	digitsOf, mark := "0123456789", byte('e')
	if rest, ok := strings.CutPrefix(s, "0x"); ok {
		s, digitsOf, mark = rest, "0123456789abcdef", 'p'
	}
	point, some := false, false
	for i := 0; i < len(s); i++ {
		switch {
		case strings.IndexByte(digitsOf, s[i]) >= 0:
			some = true
		case s[i] == '.' && !point:
			point = true
		case s[i] == mark && some:
			e := s[i+1:]
			if e != "" && (e[0] == '+' || e[0] == '-') {
				e = e[1:]
			}
			return strings.Trim(e, "0123456789") == ""
		default:
			return false
		}
	}
	return true
}

// floatAt reads a floating number at the start of a text, C17 7.22.1.3. off
// tells that it is out of range, or so small that digits are lost.
func floatAt(s []byte, single bool) (d float64, used int, off bool) {
	i := 0
	for i < len(s) && space(int(s[i])) {
		i++
	}
	start := i
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	if w, v := wordAt(s[i:]); w > 0 {
		if s[start] == '-' {
			v = -v
		}
		return v, i + w, false
	}
	hex := i+2 < len(s) && s[i] == '0' && s[i+1]|32 == 'x' && (digit(s[i+2]) < 16 || s[i+2] == '.' && i+3 < len(s) && digit(s[i+3]) < 16)
	base, mark := 10, byte('e')
	if hex {
		i, base, mark = i+2, 16, 'p'
	}
	some, point, zero := false, false, true
	for ; i < len(s); i++ {
		if digit(s[i]) < base {
			some, zero = true, zero && s[i] == '0'
		} else if s[i] == '.' && !point {
			point = true
		} else {
			break
		}
	}
	if !some {
		return 0, 0, false
	}
	text := string(s[start:i])
	if i < len(s) && s[i]|32 == mark {
		j := i + 1
		if j < len(s) && (s[j] == '-' || s[j] == '+') {
			j++
		}
		k := j
		for k < len(s) && digits(s[k]) {
			k++
		}
		if k > j {
			i, text = k, string(s[start:k])
		}
	}
	if hex && !strings.ContainsAny(text, "pP") {
		text += "p0"
	}
	bits, least := 64, 0x1p-1022
	if single {
		bits, least = 32, 0x1p-126
	}
	d, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return d, i, true
	}
	return d, i, !zero && math.Abs(d) < least && (d == 0 || !saysJust(text, d))
}

// saysJust tells whether a text says just that number.
func saysJust(text string, d float64) bool {
	if len(text) > 800 {
		return false
	}
	f, _, err := big.ParseFloat(text, 0, 4000, big.ToNearestEven)
	return err == nil && f.Cmp(big.NewFloat(d)) == 0
}

// wordAt reads the words for infinity and for what is no number.
func wordAt(s []byte) (int, float64) {
	t := strings.ToLower(string(s[:min(len(s), 8)]))
	switch {
	case t == "infinity":
		return 8, math.Inf(1)
	case strings.HasPrefix(t, "inf"):
		return 3, math.Inf(1)
	case !strings.HasPrefix(t, "nan"):
		return 0, 0
	}
	if len(s) > 3 && s[3] == '(' {
		for i := 4; i < len(s); i++ {
			if s[i] == ')' {
				return i + 1, math.NaN()
			}
			if s[i] != '_' && !alnum(s[i]) {
				break
			}
		}
	}
	return 3, math.NaN()
}
