package check

import (
	"fmt"

	"modernc.org/cc/v4"
)

// maxCompared bounds the earlier declarations that one is compared with.
const maxCompared = 8

// together looks at all declarations of one name with linkage in a unit.
func (u *unit) together(l []*decl) {
	for i, x := range l {
		if x.fromLib {
			continue
		}
		for _, o := range l[max(0, i-maxCompared):i] {
			if o.link == x.link && u.clash(x, o) {
				break
			}
		}
	}
	u.inline(l)
}

// clash tells whether two declarations of one thing disagree, and says so at x.
func (u *unit) clash(x, o *decl) bool {
	if x.fromLib || x.asm || o.asm {
		return false
	}
	if !compatible(x.t, o.t, pairs{}) {
		kind := "incompatible-declarations"
		if x.unit != o.unit && compatible(x.t.bare(), o.t.bare(), pairs{bare: true}) {
			kind = "pointee-qualifiers"
		}
		u.c.find(kind, x.at, fmt.Sprintf("%s is declared as %s here and as %s elsewhere", x.name, x.t, o.t), o.at)
		return true
	}
	n, m := x.align, o.align
	if n < 0 || m < 0 || x.specs.attr || o.specs.attr || x.t.k == function || n == m {
		return false
	}
	same := x.unit == o.unit
	if n != 0 && m != 0 || same && (x.def && n == 0 || o.def && m == 0) {
		u.c.find("alignment-specifiers", x.at, fmt.Sprintf("%s is declared with different alignments", x.name), o.at)
		return true
	}
	return false
}

// inline wants the body of an inline function with external linkage in its
// unit, C17 6.7.4p7.
func (u *unit) inline(l []*decl) {
	var first *decl
	for _, x := range l {
		if x.t.k != function || x.def || x.link != external || x.specs.attr || x.fromLib {
			return
		}
		if x.specs.inline && first == nil {
			first = x
		}
	}
	if first != nil {
		u.c.find("inline-without-definition", first.at, first.name+" is inline and has no body in this unit")
	}
}

// across looks at names with external linkage in all units.
func (c *checker) across() {
	first := map[string]*decl{} // an earlier unit's
	defs := map[string]*decl{}
	for _, u := range c.units {
		for _, n := range u.order {
			x := chosen(u.linked[n])
			if x == nil {
				continue
			}
			if o := first[n]; o != nil {
				c.between(u, x, o)
			} else {
				first[n] = x
			}
			d := definition(u.linked[n])
			if d == nil {
				continue
			}
			o := defs[n]
			switch {
			case o == nil:
				defs[n] = d
				first[n] = d
			case !weak(d) && !weak(o):
				c.find("external-definition", o.at, n+" is defined more than once", d.at)
			}
		}
	}
}

// between compares declarations of two units; the one that defines is right.
func (c *checker) between(u *unit, x, o *decl) {
	if (x.def || x.maybe) && !o.def && !o.maybe {
		x, o = o, x
	}
	u.clash(x, o)
}

// chosen is the declaration of a unit that says most, or nil.
func chosen(l []*decl) *decl {
	var best *decl
	for _, x := range l {
		switch {
		case x.link != external || x.fromLib:
		case best == nil, x.def && !best.def, x.maybe && !best.def && !best.maybe, x.t.k == function && x.t.proto && !best.t.proto && !best.def:
			best = x
		}
	}
	return best
}

// definition gives what defines a name with external linkage. An inline
// definition defines nothing outside its unit, C17 6.7.4p7.
func definition(l []*decl) *decl {
	var best *decl
	onlyInline := true
	for _, x := range l {
		if x.link != external || x.fromLib {
			continue
		}
		if x.t.k == function && (!x.specs.inline || x.specs.has(cc.StorageClassSpecifierExtern)) {
			onlyInline = false
		}
		if x.def || x.maybe && best == nil {
			best = x
		}
	}
	if best != nil && best.t.k == function && onlyInline {
		return nil
	}
	return best
}

// weak tells whether attributes may allow a second definition.
func weak(d *decl) bool {
	return d.specs.attr || d.asm || d.t.k == unknown || d.t.k == function && d.specs.inline
}

// mainForm looks for a main of a form that C17 5.1.2.2.1p1 gives. What an
// implementation adds for the environment is let pass.
func (c *checker) mainForm() {
	found := c.main()
	switch {
	case found == nil || found.t.k == unknown || found.specs.attr:
	case found.t.k != function:
		c.find("main-form", found.at, "main is "+found.t.String())
	case !mainResult(found.t.elem):
		c.find("main-form", found.at, "main returns "+found.t.elem.String()+" and not int")
	case !mainParams(found.t.params):
		c.find("main-form", found.at, "the parameters of main are not those that it may have")
	}
}

// main gives what defines main, or nil.
func (c *checker) main() (found *decl) {
	for _, u := range c.units {
		for _, x := range u.linked["main"] {
			if x.def || x.maybe {
				found = x
			}
		}
	}
	return found
}

func mainResult(t *typ) bool { return t.k == unknown || t.isInt() && t.plain().name == "int" }

func mainParams(p []*typ) bool {
	charPtrs := &typ{k: pointer, elem: &typ{k: pointer, elem: &typ{k: basic, name: "char"}}}
	switch len(p) {
	case 0:
		return true
	case 2, 3:
		for _, t := range p[1:] {
			if !unqualified(t, charPtrs) {
				return false
			}
		}
		return compatible(p[0].plain(), &typ{k: basic, name: "int"}, pairs{})
	}
	return false
}

// unqualified compares pointers without regard to qualifiers: `const char **`
// is no form of the standard, but no one is to be told so.
func unqualified(a, b *typ) bool {
	for a.k == pointer && b.k == pointer {
		a, b = a.elem, b.elem
	}
	return a.k == unknown || a.k == b.k && a.name == b.name
}
