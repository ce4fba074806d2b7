package archive

import (
	"cmp"
	"strings"
)

// Compare orders two versions as dpkg does (deb-version(7)).
func Compare(a, b string) int {
	ae, au, ar := split(a)
	be, bu, br := split(b)
	return cmp.Or(part(ae, be), part(au, bu), part(ar, br))
}

// split takes a version apart: epoch, upstream's version, the distribution's.
func split(v string) (epoch, upstream, revision string) {
	if i := strings.IndexByte(v, ':'); i >= 0 {
		epoch, v = v[:i], v[i+1:]
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}

// Upstream gives upstream's part of a version.
func Upstream(v string) string { _, u, _ := split(v); return u }

// part compares one part: by turns what is no digit, and a number.
func part(a, b string) int {
	for a != "" || b != "" {
		for a != "" && !digit(a[0]) || b != "" && !digit(b[0]) {
			if c := cmp.Compare(weight(a), weight(b)); c != 0 {
				return c
			}
			a, b = rest(a), rest(b)
		}
		an, bn := digits(a), digits(b)
		x, y := strings.TrimLeft(a[:an], "0"), strings.TrimLeft(b[:bn], "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
		a, b = a[an:], b[bn:]
	}
	return 0
}

// weight orders what is no digit: a tilde, the end or a digit, letters, others.
func weight(s string) int {
	switch {
	case s == "" || digit(s[0]):
		return 0
	case s[0] == '~':
		return -1
	case s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z':
		return int(s[0])
	}
	return int(s[0]) + 256
}

// rest goes on by one, if there is one that is no digit.
func rest(s string) string {
	if s == "" || digit(s[0]) {
		return s
	}
	return s[1:]
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}
