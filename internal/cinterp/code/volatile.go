package code

import (
	"strings"

	"modernc.org/cc/v4"
)

// C17 6.7.3p6: an object defined volatile is reached through lvalues of
// volatile type only. In a program that defines one, each access whose lvalue
// may be volatile says so; the parser keeps qualifiers only in part, so that
// is every access but those whose lvalue surely is not.

// volatileObject tells whether a declared object is volatile.
func volatileObject(d *cc.Declarator) bool {
	if !d.IsVolatile() || d.IsParam() {
		return false
	}
	if d.Pointer == nil {
		for x := d.DirectDeclarator; x != nil; x = x.DirectDeclarator {
			if x.Case == cc.DirectDeclaratorDecl {
				return false
			}
		}
		t := d.Type()
		for {
			a, ok := t.(*cc.ArrayType)
			if !ok {
				return t.Kind() != cc.Ptr
			}
			t = a.Elem()
		}
	}
	return false
}

// watched tells whether an object is volatile, or an atomic structure whose
// members may not be reached by themselves, C17 6.5.2.3p5.
func (c *compiler) watched(d *cc.Declarator) (vol, atom bool) {
	if !c.p.Volatile {
		return false, false
	}
	return volatileObject(d), (d.IsAtomic() || c.atomic) && typeOf(d.Type()) == TAgg
}

// atomicWords tells whether specifiers say _Atomic.
func atomicWords(s *cc.DeclarationSpecifiers) bool {
	return s != nil && strings.Contains(cc.NodeSource(s), "_Atomic")
}

// accessed marks an access through the lvalue n.
func (f *fn) accessed(n cc.Node, read bool) {
	if !f.c.p.Volatile {
		return
	}
	switch x := n.(type) {
	case *cc.AssignmentExpression:
		if !read && !f.leaf && x.Case == cc.AssignmentExpressionAssign && plainLvalue(x.UnaryExpression) {
			return
		}
	case *cc.UnaryExpression, *cc.PostfixExpression:
		if e, ok := n.(cc.ExpressionNode); ok && read && plainLvalue(e) {
			return
		}
	}
	f.emit(OpVolatile, 0, 0, 0, 0)
}

// plainLvalue tells whether an lvalue surely has no volatile type.
func plainLvalue(n cc.ExpressionNode) bool {
	switch x := strip(n).(type) {
	case *cc.UnaryExpression:
		return x.Case == cc.UnaryExpressionDeref && plainPointer(x.CastExpression)
	case *cc.PostfixExpression:
		if x.Case != cc.PostfixExpressionIndex || !cc.IsIntegerType(x.ExpressionList.Type()) {
			return false
		}
		return plainPointer(x.PostfixExpression)
	}
	return false
}

// plainPointer tells whether what a pointer points to surely is not volatile.
func plainPointer(n cc.ExpressionNode) bool {
	switch x := strip(n).(type) {
	case *cc.CastExpression:
		return x.Case == cc.CastExpressionCast && plainWords(cc.NodeSource(x.TypeName))
	case *cc.PrimaryExpression:
		d, ok := x.ResolvedTo().(*cc.Declarator)
		if !ok || x.Case != cc.PrimaryExpressionIdent || d.IsVolatile() {
			return false
		}
		p, ok := d.Type().(*cc.PointerType)
		return ok && p.Typedef() == nil && plainType(p.Elem())
	}
	return false
}

func plainType(t cc.Type) bool {
	return t != nil && cc.IsArithmeticType(t) && t.Typedef() == nil && !t.Attributes().IsVolatile()
}

// plainWords tells whether a type's name is made of words that hide nothing.
func plainWords(s string) bool {
	for _, w := range strings.Fields(strings.NewReplacer("*", " ", "(", " ", ")", " ").Replace(s)) {
		switch w {
		case "char", "short", "int", "long", "signed", "unsigned", "float", "double", "const":
		default:
			return false
		}
	}
	return strings.Count(s, "*") == 1
}
