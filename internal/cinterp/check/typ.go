package check

import (
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

func itoa(n int) string { return strconv.Itoa(n) }

// kind is the shape of a type.
type kind uint8

const (
	unknown kind = iota // compatible with every type
	basic
	tag // structure, union or enumeration
	pointer
	array
	function
)

type quals uint8

const (
	qConst quals = 1 << iota
	qVolatile
	qRestrict
	qAtomic
)

// The number of elements of an array when it is no number.
const (
	noSize  = -1 // []
	anySize = -2 // not constant, or not known here
)

// typ is a type as a declaration spells it.
type typ struct {
	k        kind
	q        quals
	name     string  // basic: such as "unsigned long"
	tag      *tagged // tag
	elem     *typ    // what it points to, has as elements or returns
	n        int64   // array
	params   []*typ  // function
	proto    bool    // params come from a prototype
	known    bool    // params are known, from a prototype or a definition
	variadic bool
}

// tagged is what a tag stands for: one for each definition, or for all
// declarations of a tag without one.
type tagged struct {
	word, name string // "struct", "box"
	unit       *unit
	def        *cc.StructOrUnionSpecifier
	enum       *cc.EnumSpecifier
	end        int // the token that ends the definition; 0: there is none
	members    []member
	values     map[string]string // of an enumeration
	read       bool
}

// member is a named member, or an unnamed structure or union.
type member struct {
	name string
	t    *typ
	bits int64 // -1: no bit-field; -2: of unknown width
	at   *cc.Declarator
}

var any1 = &typ{k: unknown}

func (t *typ) with(q quals) *typ {
	if q == 0 || t.k == unknown {
		return t
	}
	c := *t
	if t.k == array {
		c.elem = t.elem.with(q)
	} else {
		c.q |= q
	}
	return &c
}

// plain is the type without qualifiers of its own.
func (t *typ) plain() *typ {
	if t.q == 0 {
		return t
	}
	c := *t
	c.q = 0
	return &c
}

// adjusted is a parameter's type, C17 6.7.6.3p7 and p8.
func (t *typ) adjusted() *typ {
	switch t.k {
	case array:
		return &typ{k: pointer, elem: t.elem}
	case function:
		return &typ{k: pointer, elem: t}
	}
	return t
}

func (t *typ) isVoid() bool { return t.k == basic && t.name == "void" }

func (t *typ) isInt() bool {
	return t.k == basic && t.name != "void" && t.name != "float" && !strings.HasSuffix(t.name, "double")
}

func (t *typ) isScalar() bool {
	return t.k == pointer || t.k == basic && t.name != "void" || t.k == tag && t.tag.word == "enum"
}

// completeAt tells whether the size of an object is known at a token. In doubt
// it is.
func (t *typ) completeAt(seq int) bool {
	switch t.k {
	case basic:
		return t.name != "void"
	case tag:
		return t.tag.word == "enum" || t.tag.def != nil && t.tag.end < seq || t.tag.def == nil && t.tag.unit == nil
	case array:
		return t.n != noSize && t.elem.completeAt(seq)
	}
	return true
}

// String gives the type in words near to C's.
func (t *typ) String() string {
	var q string
	for i, w := range []string{"const ", "volatile ", "restrict ", "_Atomic "} {
		if t.q&(1<<i) != 0 {
			q += w
		}
	}
	switch t.k {
	case basic:
		return q + t.name
	case tag:
		return q + strings.TrimSpace(t.tag.word+" "+t.tag.name)
	case pointer:
		return q + "pointer to " + t.elem.String()
	case array:
		if t.n >= 0 {
			return "array of " + strconv.FormatInt(t.n, 10) + " " + t.elem.String()
		}
		return "array of " + t.elem.String()
	case function:
		var l []string
		for _, p := range t.params {
			l = append(l, p.String())
		}
		if t.proto && l == nil {
			l = []string{"void"}
		}
		if t.variadic {
			l = append(l, "...")
		}
		return "function (" + strings.Join(l, ", ") + ") that returns " + t.elem.String()
	}
	return "another type"
}

// pairs are definitions that are taken for compatible while they are compared.
// The pair bare says that members are compared without the qualifiers of what
// they point to.
type pairs map[[2]*tagged]bool

var bare [2]*tagged

// compatible follows C17 6.2.7 and the clauses it names.
func compatible(a, b *typ, p pairs) bool {
	switch {
	case a == b || a.k == unknown || b.k == unknown:
		return true
	case a.q != b.q:
		return false
	case a.k != b.k:
		// An enumeration is compatible with an integer type that the machine chooses.
		return a.k == tag && a.tag.word == "enum" && b.isInt() || b.k == tag && b.tag.word == "enum" && a.isInt()
	}
	switch a.k {
	case basic:
		return a.name == b.name
	case tag:
		return sameTag(a.tag, b.tag, p)
	case pointer:
		return compatible(a.elem, b.elem, p)
	case array:
		return (a.n < 0 || b.n < 0 || a.n == b.n) && compatible(a.elem, b.elem, p)
	}
	return sameFunction(a, b, p)
}

func sameFunction(a, b *typ, p pairs) bool {
	if !compatible(a.elem.plain(), b.elem.plain(), p) {
		return false
	}
	switch {
	case a.proto && b.proto:
		if len(a.params) != len(b.params) || a.variadic != b.variadic {
			return false
		}
		for i := range a.params {
			if !compatible(a.params[i].plain(), b.params[i].plain(), p) {
				return false
			}
		}
		return true
	case a.proto:
		return oldStyle(a, b, p)
	case b.proto:
		return oldStyle(b, a, p)
	}
	return true
}

// oldStyle compares a prototype and a declaration without, C17 6.7.6.3p15.
func oldStyle(proto, old *typ, p pairs) bool {
	if proto.variadic {
		return false
	}
	if !old.known {
		for _, t := range proto.params {
			if t.plain().promoted() != nil {
				return false
			}
		}
		return true
	}
	if len(proto.params) != len(old.params) {
		return false
	}
	for i, t := range proto.params {
		o := old.params[i].plain()
		if up := o.promoted(); up != nil {
			o = up
		}
		if !compatible(t.plain(), o, p) {
			return false
		}
	}
	return true
}

// promoted is what an argument of the type is passed as; nil: as it is.
func (t *typ) promoted() *typ {
	if t.k != basic {
		return nil
	}
	switch t.name {
	case "float":
		return &typ{k: basic, name: "double"}
	case "char", "signed char", "unsigned char", "short", "unsigned short", "_Bool":
		return &typ{k: basic, name: "int"}
	}
	return nil
}

func sameTag(a, b *tagged, p pairs) bool {
	if a == b {
		return true
	}
	if a.word != b.word || a.name != b.name {
		return false
	}
	if a.unit == b.unit {
		return a.end == 0 || b.end == 0
	}
	if a.end == 0 || b.end == 0 || p[[2]*tagged{a, b}] {
		return true
	}
	p[[2]*tagged{a, b}] = true
	x, y := a.contents(), b.contents()
	if a.word == "enum" {
		for n, v := range a.values {
			if w, ok := b.values[n]; !ok || v != w && v != "?" && w != "?" {
				return false
			}
		}
		return len(a.values) == len(b.values)
	}
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		j := i
		if a.word == "union" {
			for j = range y {
				if y[j].name == x[i].name {
					break
				}
			}
		}
		if x[i].name != y[j].name || x[i].bits != y[j].bits && x[i].bits != -2 && y[j].bits != -2 {
			return false
		}
		s, t := x[i].t, y[j].t
		if p[bare] {
			s, t = s.bare(), t.bare()
		}
		if !compatible(s, t, p) {
			return false
		}
	}
	return true
}

// bare is a type without the qualifiers of what is pointed to in it. Headers
// choose them by a macro (zlib's ZLIB_CONST), and no compiler relies on them: a
// program runs although two of its units chose otherwise.
func (t *typ) bare() *typ {
	c := *t
	switch t.k {
	case pointer:
		c.elem = t.elem.plain().bare()
	case array:
		c.elem = t.elem.bare()
	case function:
		c.elem, c.params = t.elem.bare(), nil
		for _, p := range t.params {
			c.params = append(c.params, p.bare())
		}
	default:
		return t
	}
	return &c
}
