package check

import (
	"strings"

	"modernc.org/cc/v4"
)

// strip takes parentheses away.
func strip(e cc.ExpressionNode) cc.ExpressionNode {
	for {
		p, ok := e.(*cc.PrimaryExpression)
		if !ok || p.Case != cc.PrimaryExpressionExpr || p.ExpressionList == nil {
			return e
		}
		e = p.ExpressionList
	}
}

// expression looks at an expression; false: what is below it was visited.
func (u *unit) expression(e cc.ExpressionNode) bool {
	switch x := e.(type) {
	case *cc.PrimaryExpression:
		return u.primary(x)
	case *cc.PostfixExpression:
		u.postfix(x)
	case *cc.UnaryExpression:
		return u.unary(x)
	case *cc.ConditionalExpression:
		if x.Case == cc.ConditionalExpressionCond {
			u.value(x.LogicalOrExpression)
			u.unsure(x.ExpressionList)
			u.unsure(x.ConditionalExpression)
			return false
		}
	case *cc.LogicalOrExpression:
		if x.Case == cc.LogicalOrExpressionLOr {
			u.value(x.LogicalOrExpression)
			u.unsure(x.LogicalAndExpression)
			return false
		}
	case *cc.LogicalAndExpression:
		if x.Case == cc.LogicalAndExpressionLAnd {
			u.value(x.LogicalAndExpression)
			u.unsure(x.InclusiveOrExpression)
			return false
		}
	case *cc.ExpressionList:
		first := true
		for l := x; l != nil; l = l.ExpressionList {
			if first {
				u.value(l.AssignmentExpression)
			} else {
				u.unsure(l.AssignmentExpression)
			}
			first = false
		}
		return false
	case *cc.AssignmentExpression:
		if x.Case != cc.AssignmentExpressionCond && isVoid(x.AssignmentExpression) {
			u.c.find("void-value", at(x.AssignmentExpression), "the value of a void expression is assigned")
		}
		if x.Case != cc.AssignmentExpressionCond {
			u.assigned(x.UnaryExpression)
			if x.Case == cc.AssignmentExpressionAssign {
				u.converted(x.UnaryExpression.Type(), x.AssignmentExpression)
			}
		}
	}
	return true
}

// returned looks at what a return gives.
func (u *unit) returned(j *cc.JumpStatement) {
	if j.Case != cc.JumpStatementReturn || j.ExpressionList == nil || u.fn == nil || u.fn.t.k != function || u.fn.t.elem == nil {
		return
	}
	if t := u.fn.t.elem; t.k == basic && !t.isVoid() && isVoid(j.ExpressionList) {
		u.c.find("void-value", at(j.ExpressionList), "the value of a void expression is returned")
	}
}

// isVoid tells whether an expression surely has the type void.
func isVoid(e cc.ExpressionNode) bool {
	switch x := strip(e).(type) {
	case *cc.CastExpression:
		return x.Case == cc.CastExpressionCast && x.TypeName != nil && x.TypeName.Type() != nil && x.TypeName.Type().Kind() == cc.Void
	case *cc.PostfixExpression:
		return x.Case == cc.PostfixExpressionCall && x.Type() != nil && x.Type().Kind() == cc.Void && direct(x) != nil
	}
	return false
}

// direct gives the function that a call names, or nil.
func direct(x *cc.PostfixExpression) *cc.Declarator {
	p, ok := strip(x.PostfixExpression).(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionIdent {
		return nil
	}
	d, _ := p.ResolvedTo().(*cc.Declarator)
	return d
}

func (u *unit) primary(x *cc.PrimaryExpression) bool {
	if x.Case == cc.PrimaryExpressionStmt {
		old := u.stmt
		u.visit(x.CompoundStatement)
		u.stmt = old
		return false
	}
	if x.Case == cc.PrimaryExpressionGeneric {
		u.unsureNode(x.GenericSelection)
		return false
	}
	if x.Case != cc.PrimaryExpressionIdent {
		return true
	}
	d := u.visible(x.Token.SrcStr())
	if d == nil || d.d == nil || d.d != x.ResolvedTo() {
		return true
	}
	switch {
	case d.t.k == array && d.specs.has(cc.StorageClassSpecifierRegister):
		u.c.mark(u.stmt, "register-array", at(x), "the register array "+d.name+" would become a pointer")
	case d.t.k == tag && d.link != none && d.t.tag.end == 0 && d.t.tag.unit != nil:
		u.c.mark(u.stmt, "incomplete-value", at(x), "the value of "+d.name+" is asked for, and its type is incomplete")
	}
	return true
}

func (u *unit) unsureNode(n cc.Node) {
	old := u.stmt
	u.stmt = nil
	u.visit(n)
	u.stmt = old
}

// unary visits the operand where it is not evaluated, or not for its value.
func (u *unit) unary(x *cc.UnaryExpression) bool {
	switch x.Case {
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionSizeofType, cc.UnaryExpressionAlignofType:
		old, static := u.stmt, u.static
		u.stmt, u.static = nil, false
		u.children(x)
		u.stmt, u.static = old, static
		if x.Case == cc.UnaryExpressionSizeofExpr {
			u.vlaComposite(x.UnaryExpression)
		}
		return false
	case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
		u.assigned(x.UnaryExpression)
	case cc.UnaryExpressionAddrof:
		u.registerAddress(x.CastExpression)
		u.addressOf(x)
		if m, ok := strip(x.CastExpression).(*cc.PostfixExpression); ok {
			u.addressed[m] = true
		}
		if p, ok := strip(x.CastExpression).(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionIdent {
			return false
		}
	case cc.UnaryExpressionDeref:
		u.pointee(x)
	}
	return true
}

// pointee looks at *p where the structure behind p is incomplete, C17
// 6.3.2.1p2.
func (u *unit) pointee(x *cc.UnaryExpression) {
	c, ok := strip(x.CastExpression).(*cc.PostfixExpression)
	if !ok || c.Case != cc.PostfixExpressionCall {
		return
	}
	f := direct(c)
	if f == nil {
		return
	}
	d := u.visible(f.Name())
	if d == nil || d.t.k != function || d.t.elem.k != pointer {
		return
	}
	if e := d.t.elem.elem; e.k == tag && e.tag.word != "enum" && !e.completeAt(x.Token.Seq()) {
		u.c.mark(u.stmt, "incomplete-value", at(x), "the value of "+e.String()+" is asked for, and the type is incomplete here")
	}
}

// addressOf looks at & of a bit-field: offsetof's, C17 7.19p3, or any other.
func (u *unit) addressOf(x *cc.UnaryExpression) {
	m, ok := strip(x.CastExpression).(*cc.PostfixExpression)
	if !ok || m.Case != cc.PostfixExpressionPSelect && m.Case != cc.PostfixExpressionSelect || m.Field() == nil || !m.Field().IsBitfield() {
		return
	}
	base := m.PostfixExpression
	for {
		s, ok := strip(base).(*cc.PostfixExpression)
		if !ok || s.Case != cc.PostfixExpressionSelect && s.Case != cc.PostfixExpressionIndex {
			break
		}
		base = s.PostfixExpression
		if s.Case == cc.PostfixExpressionSelect {
			m = s
		}
	}
	if s, ok := strip(base).(*cc.PostfixExpression); ok && s.Case == cc.PostfixExpressionPSelect {
		base = s.PostfixExpression
	}
	if c, ok := strip(base).(*cc.CastExpression); ok && c.CastExpression != nil && isNull(c.CastExpression) {
		u.c.find("offsetof-bit-field", at(x), "offsetof of a bit-field")
		return
	}
	u.c.violates("6.5.3.2p1", at(x), "the address of a bit-field cannot be taken")
}

func isNull(e cc.ExpressionNode) bool {
	p, ok := strip(e).(*cc.PrimaryExpression)
	return ok && p.Case == cc.PrimaryExpressionInt && p.Token.SrcStr() == "0"
}

// vlaComposite looks in the operand of sizeof for a choice between two
// variable arrays, whose size is not worked out there, C17 6.2.7p3.
func (u *unit) vlaComposite(e cc.ExpressionNode) {
	c, ok := strip(e).(*cc.ConditionalExpression)
	if !ok || c.Case != cc.ConditionalExpressionCond {
		return
	}
	a, b := castVLA(c.ExpressionList), castVLA(c.ConditionalExpression)
	if a && b {
		u.c.find("vla-composite", at(c), "the type of the choice needs the size of a variable array that is not evaluated")
	}
}

// castVLA tells whether an expression is a cast to a pointer to a variable
// array.
func castVLA(e cc.ExpressionNode) bool {
	c, ok := strip(e).(*cc.CastExpression)
	if !ok || c.TypeName == nil {
		return false
	}
	p, ok := c.TypeName.Type().(*cc.PointerType)
	if !ok {
		return false
	}
	a, ok := p.Elem().(*cc.ArrayType)
	return ok && a.IsVLA()
}

func (u *unit) postfix(x *cc.PostfixExpression) {
	switch x.Case {
	case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
		u.atomicMember(x)
	case cc.PostfixExpressionCall:
		u.call(x)
		u.count(x)
	case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
		u.assigned(x.PostfixExpression)
	}
}

// atomicMember looks at a member of an atomic structure, C17 6.5.2.3p5.
func (u *unit) atomicMember(x *cc.PostfixExpression) {
	d := u.named1(x.PostfixExpression)
	if d == nil || u.addressed[x] || x.Type() == nil || !cc.IsScalarType(x.Type()) {
		return
	}
	t := d.t
	if x.Case == cc.PostfixExpressionPSelect {
		if t.k != pointer {
			return
		}
		t = t.elem
	}
	if t.k == tag && t.q&qAtomic != 0 {
		u.c.mark(u.stmt, "atomic-member", at(x), "a member of the atomic "+t.plain().String()+" is accessed")
	}
}

func (u *unit) call(x *cc.PostfixExpression) {
	f := direct(x)
	if f == nil {
		return
	}
	switch f.Name() {
	case "__builtin_va_start":
		u.vaStart(x)
	case "setjmp":
		if strings.HasPrefix(f.Position().Filename, own) && !u.setjmps[x] {
			u.c.mark(u.stmt, "setjmp-context", at(x), "setjmp stands where it may not")
		}
	}
	for l := x.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		if isVoid(l.AssignmentExpression) {
			u.c.find("void-value", at(l.AssignmentExpression), "the value of a void expression is passed")
		}
	}
}

// vaStart looks at the parameter that va_start is given, C17 7.16.1.4p4.
func (u *unit) vaStart(x *cc.PostfixExpression) {
	l := x.ArgumentExpressionList
	if u.fn == nil || u.fn.t.k != function || l == nil || l.ArgumentExpressionList == nil {
		return
	}
	if !u.fn.t.variadic {
		u.c.mark(u.stmt, "va-start-fixed", at(x), "va_start in a function that is defined without an ellipsis")
		return
	}
	p, ok := strip(l.ArgumentExpressionList.AssignmentExpression).(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionIdent {
		return
	}
	d, _ := p.ResolvedTo().(*cc.Declarator)
	s, isParam := u.fn.all[d]
	if d == nil || !isParam {
		return
	}
	v := u.visible(d.Name())
	if v == nil || v.d != d {
		return
	}
	own := u.declared(u.base(s), d)
	why := ""
	switch {
	case d != u.fn.last:
		why = "is not the last one"
	case s.has(cc.StorageClassSpecifierRegister):
		why = "is register"
	case own.k == function || own.k == array && !isVaElem(own.elem):
		why = "is declared as an array or a function"
	case v.t.plain().promoted() != nil:
		why = "has the type " + v.t.plain().String() + ", which is passed as another"
	default:
		return
	}
	u.c.mark(u.stmt, "va-start-parameter", at(x), "the parameter "+d.Name()+" given to va_start "+why)
}

// isVaElem tells whether an array is a va_list: that it is an array is a
// choice of ours, so the program is not to blame.
func isVaElem(t *typ) bool { return t.k == tag && t.tag.name == "__va_elem" }

// allowSetjmp notes a setjmp that stands where C17 7.13.1.1p4 allows one.
func (u *unit) allowSetjmp(e cc.ExpressionNode, alone bool) {
	if e == nil {
		return
	}
	e = strip(e)
	switch x := e.(type) {
	case *cc.PostfixExpression:
		u.setjmps[x] = true
	case *cc.UnaryExpression:
		if !alone && x.Case == cc.UnaryExpressionNot {
			u.setjmps[strip(x.CastExpression)] = true
		}
	case *cc.CastExpression:
		if alone && x.Case == cc.CastExpressionCast && x.TypeName.Type() != nil && x.TypeName.Type().Kind() == cc.Void {
			u.setjmps[strip(x.CastExpression)] = true
		}
	case *cc.EqualityExpression:
		u.compared(x.EqualityExpression, x.RelationalExpression, alone)
	case *cc.RelationalExpression:
		u.compared(x.RelationalExpression, x.ShiftExpression, alone)
	}
}

func (u *unit) compared(a, b cc.ExpressionNode, alone bool) {
	if alone || a == nil || b == nil {
		return
	}
	u.setjmps[strip(a)], u.setjmps[strip(b)] = true, true
}
