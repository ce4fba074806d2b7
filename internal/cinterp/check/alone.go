package check

import (
	"sync"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/front/include"
)

// standard are the functions with external linkage of C17's library.
var standard = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, f := range include.Functions() {
		if f.Std == include.C17 && !f.Macro {
			m[f.Name] = true
		}
	}
	return m
})

// alone looks at one declaration by itself.
func (u *unit) alone(x *decl, init *cc.Initializer) {
	t, isFunc := x.t, x.t.k == function
	if x.fromLib {
		return
	}
	if isFunc && !x.outer && !x.def && (x.specs.has(cc.StorageClassSpecifierStatic) || x.specs.has(cc.StorageClassSpecifierRegister)) {
		u.c.find("block-function-storage", x.at, x.name+" is declared in a block with a storage class other than extern")
	}
	if x.link == external && x.outer && (x.def || x.maybe) && standard()[x.name] {
		u.c.find("reserved-identifier", x.at, x.name+" is a name of the standard library")
	}
	if x.maybe && x.link == internal && incomplete(t, x.seq) {
		u.c.find("incomplete-tentative", x.at, x.name+" has internal linkage, no initialiser and the incomplete type "+t.String())
	}
	if !isFunc && !x.outer && x.link == none && incomplete(t, x.seq) {
		u.c.find("incomplete-object", x.at, x.name+" has the incomplete type "+t.String())
	}
	if init != nil {
		u.initialiser(x, init)
	}
}

// incomplete tells whether a type is surely incomplete at a token.
func incomplete(t *typ, seq int) bool { return t.k != unknown && t.k != function && !t.completeAt(seq) }

// initialiser looks at the form of an initialiser, C17 6.7.9p11 to p16.
func (u *unit) initialiser(x *decl, i *cc.Initializer) {
	t := x.t
	if i.Case == cc.InitializerInitList {
		if t.isScalar() && badScalar(i.InitializerList) {
			u.c.find("scalar-initialiser", at(i), "the initialiser of "+x.name+", a scalar, is not one expression in one pair of braces")
		}
		u.elements(x, t, i)
		return
	}
	isStruct := t.k == tag && t.tag.word != "enum"
	if t.k != array && !isStruct || i.AssignmentExpression == nil {
		return
	}
	if isNumber(i.AssignmentExpression) || !u.outline && isArithmetic(i.AssignmentExpression.Type()) {
		u.c.find("aggregate-initialiser", at(i), x.name+", "+t.String()+", is initialised by a number")
	}
}

// elements looks at the scalars in the initialiser of an array.
func (u *unit) elements(x *decl, t *typ, i *cc.Initializer) {
	if t.k != array || i.Case != cc.InitializerInitList {
		return
	}
	for l := i.InitializerList; l != nil; l = l.InitializerList {
		e := l.Initializer
		if e == nil || e.Case != cc.InitializerInitList || l.Designation != nil {
			continue
		}
		if t.elem.isScalar() && badScalar(e.InitializerList) {
			u.c.find("scalar-initialiser", at(e), "the initialiser of an element of "+x.name+", a scalar, is not one expression in one pair of braces")
		}
		u.elements(x, t.elem, e)
	}
}

// badScalar tells whether a list in braces is wrong for a scalar. An empty one
// is an extension.
func badScalar(l *cc.InitializerList) bool {
	if l == nil {
		return false
	}
	return l.InitializerList != nil || l.Designation != nil || l.Initializer.Case == cc.InitializerInitList
}

func isNumber(e cc.ExpressionNode) bool {
	p, ok := e.(*cc.PrimaryExpression)
	return ok && (p.Case == cc.PrimaryExpressionInt || p.Case == cc.PrimaryExpressionFloat)
}

func isArithmetic(t cc.Type) bool {
	return t != nil && t.VectorSize() <= 0 && cc.IsArithmeticType(t)
}
