package check

import (
	"fmt"

	"modernc.org/cc/v4"
)

// Constraints that compilers refuse and the parser lets pass. Those that
// compilers take for extensions are left alone.

// spelled looks at the qualifiers of a declaration's specifiers, C17 6.7.3p2.
func (u *unit) spelled(s specs, t *typ) {
	if s.q&qRestrict != 0 && (t.k == basic || t.k == tag || t.k == pointer && t.elem.k == function) {
		u.c.violates("6.7.3p2", at(s.node), "restrict is for pointers to objects")
	}
}

// element looks at the type of an array's elements.
func (u *unit) element(t *typ, n cc.Node) bool {
	if t.k == function || t.isVoid() {
		u.c.violates("6.7.6.2p1", at(n), "the elements of an array cannot be "+t.String())
		return false
	}
	return true
}

// result looks at what a function returns.
func (u *unit) result(t *typ, n cc.Node) bool {
	if t.k == function || t.k == array {
		u.c.violates("6.7.6.3p1", at(n), "a function cannot return "+t.String())
		return false
	}
	return true
}

// memberTypes looks at the members of a structure, C17 6.7.2.1p3.
func (u *unit) memberTypes(g *tagged) {
	names := map[string]bool{}
	for _, m := range g.contents() {
		if m.at == nil {
			continue
		}
		tok := m.at.NameTok()
		if m.t.k == function || m.t.isVoid() || m.t.k == tag && !m.t.completeAt(tok.Seq()) {
			u.c.violates("6.7.2.1p3", at(m.at), "the member "+m.name+" has the type "+m.t.String())
		}
		if m.name != "" && names[m.name] {
			u.c.violates("6.7p3", at(m.at), "two members are called "+m.name)
		}
		names[m.name] = true
	}
}

// again looks for another definition of a tag in its scope, C17 6.7.2.3p1.
func (u *unit) again(s *cc.StructOrUnionSpecifier) {
	if s.Token.SrcStr() == "" || s.LexicalScope() == nil {
		return
	}
	for _, n := range s.LexicalScope().Nodes[s.Token.SrcStr()] {
		o, ok := n.(*cc.StructOrUnionSpecifier)
		if ok && o != s && o.Case == cc.StructOrUnionSpecifierDef && o.Token3.Seq() < s.Token.Seq() {
			u.c.violates("6.7.2.3p1", at(s), word(s)+" "+s.Token.SrcStr()+" is defined twice")
			return
		}
	}
}

// cases looks for two equal labels of a switch, C17 6.8.4.2p3.
func (u *unit) cases(s *cc.SelectionStatement) {
	seen := map[cc.Value]bool{}
	for _, l := range s.LabeledStatements() {
		if l.Case != cc.LabeledStatementCaseLabel {
			continue
		}
		v, ok := l.ConstantExpression.Value().(cc.Int64Value)
		if ok && seen[v] {
			u.c.violates("6.8.4.2p3", at(l), fmt.Sprintf("the switch has two labels for %d", int64(v)))
		}
		if ok {
			seen[v] = true
		}
	}
}

// named1 gives the declaration that an expression names, or nil.
func (u *unit) named1(e cc.ExpressionNode) *decl {
	p, ok := strip(e).(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionIdent {
		return nil
	}
	d := u.visible(p.Token.SrcStr())
	if d == nil || d.d == nil || d.d != p.ResolvedTo() {
		return nil
	}
	return d
}

// assigned looks at what an assignment, ++ or -- changes. Elements of arrays
// are left to the run, which says more.
func (u *unit) assigned(e cc.ExpressionNode) {
	t := any1
	if x, ok := strip(e).(*cc.UnaryExpression); ok && x.Case == cc.UnaryExpressionDeref {
		if d := u.named1(x.CastExpression); d != nil && d.t.k == pointer {
			t = d.t.elem
		}
	} else if d := u.named1(e); d != nil {
		t = d.t
	}
	if t.isScalar() && t.q&qConst != 0 {
		u.c.violates("6.5.16p2", at(e), "what is assigned to is const")
	}
}

// converted looks at a value that becomes another type by assignment.
func (u *unit) converted(to cc.Type, e cc.ExpressionNode) {
	from := e.Type()
	if to == nil || from == nil || isVector(to) || isVector(from) {
		return
	}
	a, b := isStruct(to), isStruct(from)
	if a && cc.IsArithmeticType(from) || b && cc.IsArithmeticType(to) {
		u.c.violates("6.5.16.1p1", at(e), "a structure or union and a number are not assigned to each other")
	}
}

func isStruct(t cc.Type) bool { return t.Kind() == cc.Struct || t.Kind() == cc.Union }

func isVector(t cc.Type) bool { return t.VectorSize() > 0 }

// count looks at the number of arguments of a call of a function with a
// prototype, C17 6.5.2.2p2.
func (u *unit) count(x *cc.PostfixExpression) {
	d := u.named1(x.PostfixExpression)
	if d != nil && d.t.k == function && u.static && !d.fromLib && !d.specs.attr && !standard()[d.name] {
		u.c.violates("6.7.9p4", at(x), "the initialiser of an object with static storage duration calls "+d.name)
	}
	if d == nil || d.t.k != function || !d.t.proto || d.specs.attr || d.fromLib || len(d.t.params) > 0 && d.t.params[0].plain().isVoid() {
		return
	}
	n := 0
	for l := x.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		n++
	}
	if n < len(d.t.params) || n > len(d.t.params) && !d.t.variadic {
		u.c.violates("6.5.2.2p2", at(x), fmt.Sprintf("%s takes %d arguments and is given %d", d.name, len(d.t.params), n))
	}
}

// registerAddress looks at & of a register variable, C17 6.5.3.2p1.
func (u *unit) registerAddress(e cc.ExpressionNode) {
	if d := u.named1(e); d != nil && d.specs.has(cc.StorageClassSpecifierRegister) && d.link == none {
		u.c.violates("6.5.3.2p1", at(e), d.name+" is register and has no address")
	}
}
