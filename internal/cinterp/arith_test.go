package cinterp

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// integer is an integer type of C on a machine.
type integer struct {
	name   string
	bits   uint
	signed bool
	rank   int
}

// integers gives the types of a machine by rank, from _Bool on.
func integers(machine string) []integer {
	long := uint(64)
	if machine == "ilp32" || machine == "llp64" {
		long = 32
	}
	return []integer{{"_Bool", 1, false, 0}, {"signed char", 8, true, 1}, {"unsigned char", 8, false, 1}, {"char", 8, machine != "lp64u" && machine != "lp64be", 1},
		{"short", 16, true, 2}, {"unsigned short", 16, false, 2}, {"int", 32, true, 3}, {"unsigned", 32, false, 3},
		{"long", long, true, 4}, {"unsigned long", long, false, 4}, {"long long", 64, true, 5}, {"unsigned long long", 64, false, 5}}
}

// holds tells whether n is a value of the type.
func (t integer) holds(n *big.Int) bool {
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), t.bits)
	if t.signed {
		hi.Rsh(hi, 1)
		lo.Neg(hi)
	}
	return n.Cmp(lo) >= 0 && n.Cmp(hi) < 0
}

// of converts n to the type, C17 6.3.1.2 and 6.3.1.3.
func (t integer) of(n *big.Int) *big.Int {
	if t.rank == 0 {
		return big.NewInt(int64(n.CmpAbs(new(big.Int))))
	}
	m := new(big.Int).Lsh(big.NewInt(1), t.bits)
	r := new(big.Int).Mod(n, m)
	if !t.holds(r) {
		r.Sub(r, m)
	}
	return r
}

// promoted is C17 6.3.1.1p2.
func (t integer) promoted(all []integer) integer {
	if t.rank < 3 {
		return all[6]
	}
	return t
}

// common is C17 6.3.1.8.
func common(a, b integer, all []integer) integer {
	a, b = a.promoted(all), b.promoted(all)
	if a.rank < b.rank || a.rank == b.rank && a.signed {
		a, b = b, a
	}
	switch { // a has the higher rank, or is the unsigned one
	case a.signed == b.signed || !a.signed:
		return a
	case a.bits > b.bits:
		return a
	}
	for _, t := range all {
		if t.rank == a.rank && !t.signed {
			return t
		}
	}
	return a
}

// apply gives what C does: the result and its type, or the kind of undefined
// behaviour.
func apply(op string, ta integer, a *big.Int, tb integer, b *big.Int, all []integer) (integer, *big.Int, string) {
	t := common(ta, tb, all)
	if op == "<<" || op == ">>" {
		return shift(op, ta.promoted(all), a, b)
	}
	x, y, r := t.of(a), t.of(b), new(big.Int)
	truth := map[string]func(int) bool{"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 }, ">": func(c int) bool { return c > 0 },
		">=": func(c int) bool { return c >= 0 }, "==": func(c int) bool { return c == 0 }, "!=": func(c int) bool { return c != 0 }}
	if f := truth[op]; f != nil {
		if f(x.Cmp(y)) {
			r.SetInt64(1)
		}
		return all[6], r, ""
	}
	switch op {
	case "+":
		r.Add(x, y)
	case "-":
		r.Sub(x, y)
	case "*":
		r.Mul(x, y)
	case "/", "%":
		if y.Sign() == 0 {
			return t, nil, "division-by-zero"
		}
		if r.Quo(x, y); !t.holds(r) {
			return t, nil, "division-overflow"
		}
		if op == "%" {
			r.Rem(x, y)
		}
	case "&":
		r.And(x, y)
	case "|":
		r.Or(x, y)
	case "^":
		r.Xor(x, y)
	}
	if t.signed && !t.holds(r) {
		return t, nil, "signed-overflow"
	}
	return t, t.of(r), ""
}

func shift(op string, t integer, a, n *big.Int) (integer, *big.Int, string) {
	x, r := t.of(a), new(big.Int)
	if n.Sign() < 0 || n.Cmp(big.NewInt(int64(t.bits))) >= 0 {
		return t, nil, "shift-count"
	}
	if op == ">>" {
		return t, r.Rsh(x, uint(n.Uint64())), ""
	}
	r.Lsh(x, uint(n.Uint64()))
	if t.signed && (x.Sign() < 0 || !t.holds(r)) {
		return t, nil, "left-shift-overflow"
	}
	return t, t.of(r), ""
}

// edge draws a value of a type, often one at an end of some type.
func edge(t *rapid.T, of integer) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(rapid.IntRange(0, 64).Draw(t, "power")))
	n.Add(n, big.NewInt(int64(rapid.IntRange(-3, 3).Draw(t, "beside"))))
	if rapid.Bool().Draw(t, "negative") {
		n.Neg(n)
	}
	if rapid.IntRange(0, 3).Draw(t, "random") == 0 {
		n.SetUint64(rapid.Uint64().Draw(t, "bits"))
	}
	return of.of(n)
}

// literal writes a value of a type as a constant expression.
func literal(t integer, n *big.Int) string {
	if n.Sign() < 0 && !t.signed {
		panic("no such value")
	}
	if n.Sign() >= 0 {
		return fmt.Sprintf("(%s)%sULL", t.name, n)
	}
	m := new(big.Int).Not(n) // -1 - n, so that the smallest value needs no larger type
	return fmt.Sprintf("(%s)(-1 - %sLL)", t.name, m)
}

// TestArithmetic: operators on all integer types give what the standard says,
// in registers, in memory and as constants, on every machine; what is undefined
// is found and nothing else is.
func TestArithmetic(t *testing.T) {
	t.Parallel()
	ops := []string{"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", "<=", ">", ">=", "==", "!="}
	rapid.Check(t, func(t *rapid.T) {
		machine := rapid.SampledFrom([]string{"lp64", "ilp32", "llp64", "lp64be", "lp64u"}).Draw(t, "machine")
		all := integers(machine)
		var good, want strings.Builder
		bad, kind := "", ""
		for i := range 12 {
			ta, tb, to := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b"), rapid.SampledFrom(all).Draw(t, "to")
			a, b, op := edge(t, ta), edge(t, tb), rapid.SampledFrom(ops).Draw(t, "op")
			if op[0] == op[len(op)-1] && len(op) == 2 && op != "==" && rapid.Bool().Draw(t, "in range") {
				b = tb.of(big.NewInt(int64(rapid.IntRange(0, 40).Draw(t, "count"))))
			}
			rt, r, ub := apply(op, ta, a, tb, b, all)
			place := rapid.SampledFrom([]string{"", "volatile ", "static "}).Draw(t, "place")
			vars := fmt.Sprintf("%s%s a%d = %s; %s%s b%d = %s;", place, ta.name, i, literal(ta, a), place, tb.name, i, literal(tb, b))
			if ub != "" {
				bad, kind = fmt.Sprintf("%s\n(void)(a%d %s b%d); /* %s */", vars, i, op, i, machine), ub
				continue
			}
			fmt.Fprintf(&good, "{ %s\n%s r = a%d %s b%d; printf(\"%%llx %%d\\n\", (unsigned long long)r, (int)sizeof(a%d %s b%d));\n", vars, to.name, i, op, i, i, op, i)
			fmt.Fprintf(&good, "static %s k = (%s)(%s %s %s); printf(\"%%llx\\n\", (unsigned long long)k); }\n", to.name, to.name, literal(ta, a), op, literal(tb, b))
			shown := new(big.Int).And(to.of(r), new(big.Int).SetUint64(^uint64(0)))
			fmt.Fprintf(&want, "%x %d\n%x\n", shown, rt.bits/8, shown)
		}
		text := "#include <stdio.h>\nint main(void) {\n" + good.String() + bad + "\nreturn 0;\n}\n"
		r, err := Run(t.Context(), Program{Files: []File{{"t.c", []byte(text)}}}, Options{Machine: machine})
		if err != nil {
			t.Fatalf("%s: %v\n%s", machine, err, text)
		}
		found := ""
		if r.Finding != nil {
			found = r.Finding.Kind
		}
		if found != kind || r.Verdict == CannotSay || string(r.Output) != want.String() {
			t.Fatalf("%s: found %q, want %q; printed\n%s\nwant\n%s\n%s%s%s", machine, found, kind, r.Output, want.String(), r.Why, r.Text(nil), text)
		}
	})
}
