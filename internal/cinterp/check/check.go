package check

import (
	"cmp"
	"slices"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/front"
	"steward/internal/cinterp/ub"
)

// Place is a place in the source; Line and Col count from 1. Node is what is
// there, or nil.
type Place struct {
	File      string
	Line, Col int
	Node      cc.Node
}

// Finding is undefined behaviour of the program as written.
type Finding struct {
	Kind   *ub.Kind
	Place  Place
	Text   string  // one sentence
	Others []Place // the other sides of it, such as the other declaration
}

// Diagnosis is a constraint of C17 that the program violates.
type Diagnosis struct {
	Clause string
	Place  Place
	Text   string
}

// Unsupported is something that a program asks for and that is not supported.
type Unsupported struct {
	Place Place
	Text  string
}

// Result is what Check finds, in the order of the source. Marks are findings
// that hold when the statement or declaration is executed.
type Result struct {
	Findings  []Finding
	Diagnoses []Diagnosis
	// Unsupported is something that a run cannot show; nil: nothing was seen.
	Unsupported *Unsupported
	Marks       map[cc.Node][]Finding
	// Atomic tells whether an lvalue has an atomic type, and whether that is
	// sure; nil when the program has no atomic object.
	Atomic func(lvalue cc.Node) (atomic, sure bool)
}

// own begins the names of the interpreter's own headers.
const own = "<"

type checker struct {
	r     Result
	units []*unit
	seen  map[string]bool // findings, by kind and place
	types map[*cc.Declarator]*typ
	// atomics tells that the program has atomic objects.
	atomics bool
}

// Check looks at the units of one program. Units that are outlines, which the
// parser refused, get the findings that need no types of expressions.
//
// A mistake of ours finds nothing: the run is still to come.
func Check(units []*front.Unit) (r Result) {
	defer func() {
		if recover() != nil {
			r = Result{}
		}
	}()
	return check(units)
}

func check(units []*front.Unit) Result {
	c := &checker{seen: map[string]bool{}, types: map[*cc.Declarator]*typ{}}
	c.r.Marks = map[cc.Node][]Finding{}
	whole := true
	for _, u := range units {
		if u == nil || u.AST == nil {
			continue
		}
		w := newUnit(c, u)
		whole = whole && !u.Outline
		c.units = append(c.units, w)
		w.walk()
	}
	c.across()
	if whole {
		c.mainForm()
	}
	sortFindings(c.r.Findings, c.units)
	if c.atomics {
		c.r.Atomic = c.atomic
	}
	return c.r
}

func sortFindings(l []Finding, units []*unit) {
	order := map[string]int{}
	for i, u := range units {
		order[u.name] = i
	}
	slices.SortStableFunc(l, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.Place.File], order[b.Place.File]), cmp.Compare(a.Place.File, b.Place.File),
			cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Col, b.Place.Col), cmp.Compare(a.Kind.Number, b.Kind.Number))
	})
}

// at gives the place of a node.
func at(n cc.Node) Place {
	p := n.Position()
	return Place{p.Filename, p.Line, p.Column, n}
}

func (p Place) key() string { return strings.Join([]string{p.File, itoa(p.Line), itoa(p.Col)}, ":") }

// find adds a finding. Nothing is found in our own headers.
func (c *checker) find(kind string, p Place, text string, others ...Place) {
	if strings.HasPrefix(p.File, own) || c.seen[kind+p.key()] {
		return
	}
	k := ub.ByName(kind)
	if k == nil {
		return
	}
	c.seen[kind+p.key()] = true
	c.r.Findings = append(c.r.Findings, Finding{k, p, text, others})
}

// mark adds a finding that holds when n is executed; n is a statement, a
// declaration, or an expression that may not be evaluated with its statement.
func (c *checker) mark(n cc.Node, kind string, p Place, text string) {
	k := ub.ByName(kind)
	if n == nil || k == nil || strings.HasPrefix(p.File, own) || c.seen[kind+p.key()] {
		return
	}
	c.seen[kind+p.key()] = true
	c.r.Marks[n] = append(c.r.Marks[n], Finding{k, p, text, nil})
}

// violates adds a diagnosis.
func (c *checker) violates(clause string, p Place, text string) {
	if strings.HasPrefix(p.File, own) || c.seen[clause+p.key()] {
		return
	}
	c.seen[clause+p.key()] = true
	c.r.Diagnoses = append(c.r.Diagnoses, Diagnosis{clause, p, text})
}
