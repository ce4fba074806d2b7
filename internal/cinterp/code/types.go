package code

import (
	"modernc.org/cc/v4"
)

// T is the type of a value as the byte-code knows it.
type T uint8

// The types: first those in memory order.
const (
	I8 T = iota
	U8
	I16
	U16
	I32
	U32
	I64
	U64
	F32
	F64
	TPtr
	TBool
	TAgg // a structure or union: the register has a pointer to it
	TVoid
	TNone // not supported
)

func (t T) isInt() bool    { return t <= U64 || t == TBool }
func (t T) isFloat() bool  { return t == F32 || t == F64 }
func (t T) signed() bool   { return t <= U64 && t&1 == 0 }
func (t T) isScalar() bool { return t <= TBool }

// bits of an integer type.
func (t T) bits() int {
	if t == TBool {
		return 1
	}
	return 8 << (t >> 1)
}

// Bits of an integer type.
func (t T) Bits() int { return t.bits() }

// Signed tells whether it is a signed integer type.
func (t T) Signed() bool { return t.signed() }

// mem gives the type as which a value is kept in memory.
func (t T) mem() T {
	if t == TBool {
		return U8
	}
	return t
}

// ar gives the place of an arithmetic type in its families.
func (t T) ar() Op {
	switch t {
	case F32:
		return 4
	case F64:
		return 5
	}
	return Op(t - I32)
}

// promote is C17 6.3.1.1p2.
func (t T) promote() T {
	if t < I32 || t == TBool {
		return I32
	}
	return t
}

// usual is C17 6.3.1.8 for types that were promoted.
func usual(a, b T) T {
	a, b = a.promote(), b.promote()
	return max(a, b)
}

func intT(size int64, signed bool) T {
	t := I8
	switch size {
	case 2:
		t = I16
	case 4:
		t = I32
	case 8:
		t = I64
	case 1:
	default:
		return TNone
	}
	if !signed {
		t++
	}
	return t
}

// TypeOf gives the type of values of a C type; TNone if it is not supported.
func TypeOf(t cc.Type) T { return typeOf(t) }

// typeOf gives the type of values of a C type.
func typeOf(t cc.Type) T {
	if t == nil {
		return TNone
	}
	if t.VectorSize() > 0 {
		return TNone
	}
	switch k := t.Kind(); k {
	case cc.Void:
		return TVoid
	case cc.Bool:
		return TBool
	case cc.Char, cc.SChar, cc.UChar, cc.Short, cc.UShort, cc.Int, cc.UInt, cc.Long, cc.ULong, cc.LongLong, cc.ULongLong:
		return intT(t.Size(), cc.IsSignedInteger(t))
	case cc.Enum:
		if e, ok := t.(*cc.EnumType); ok {
			if u := e.UnderlyingType(); u != nil && u.Kind() != cc.Enum && u.Size() > 0 {
				return typeOf(u)
			}
		}
		return I32
	case cc.Float, cc.Float32:
		return F32
	case cc.Double, cc.LongDouble, cc.Float64, cc.Float32x, cc.Float64x, cc.Float128:
		return F64
	case cc.Ptr, cc.Function:
		return TPtr
	case cc.Array:
		return TPtr
	case cc.Struct, cc.Union:
		return TAgg
	}
	if _, _, ok := complexOf(t); ok {
		return TAgg
	}
	return TNone
}

// undecay gives the array or function type that a type decayed from.
func undecay(t cc.Type) cc.Type {
	if p, ok := t.(*cc.PointerType); ok {
		if u := p.Undecay(); u != nil {
			return u
		}
	}
	return t
}

// arrayNode gives the array type of an expression, which the parser may have
// replaced by a pointer without a way back.
func arrayNode(n cc.ExpressionNode) (*cc.ArrayType, bool) {
	if a, ok := arrayOf(n.Type()); ok {
		return a, true
	}
	var t cc.Type
	switch x := strip(n).(type) {
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionIndex:
			if t = elemOf(x.PostfixExpression.Type()); t == nil {
				t = elemOf(x.ExpressionList.Type())
			}
		case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
			if x.Field() != nil {
				t = x.Field().Type()
			}
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionDeref {
			t = elemOf(x.CastExpression.Type())
		}
	}
	a, ok := t.(*cc.ArrayType)
	return a, ok
}

func arrayOf(t cc.Type) (*cc.ArrayType, bool) {
	a, ok := undecay(t).(*cc.ArrayType)
	return a, ok
}

func elemOf(t cc.Type) cc.Type {
	switch x := t.(type) {
	case *cc.PointerType:
		return x.Elem()
	case *cc.ArrayType:
		return x.Elem()
	}
	return nil
}

// constant tells whether a declared object is const. The parser's types carry
// the qualifiers of the specifiers even where a pointer is declared with them,
// so the declarator is looked at: in doubt the object is not const.
func constant(d *cc.Declarator) bool {
	if d.Pointer != nil {
		p := d.Pointer
		for p.Pointer != nil {
			p = p.Pointer
		}
		for q := p.TypeQualifiers; q != nil; q = q.TypeQualifiers {
			if q.TypeQualifier != nil && q.TypeQualifier.Case == cc.TypeQualifierConst {
				return true
			}
		}
		return false
	}
	for dd := d.DirectDeclarator; dd != nil; dd = dd.DirectDeclarator {
		if dd.Case == cc.DirectDeclaratorDecl {
			return false
		}
	}
	t := d.Type()
	for {
		a, ok := t.(*cc.ArrayType)
		if !ok {
			break
		}
		t = a.Elem()
	}
	return d.IsConst() && t.Kind() != cc.Ptr
}

// aligned gives the alignment of an object that is declared at n, which
// _Alignas makes stricter.
func aligned(t cc.Type, n cc.Node) int {
	a := max(t.Align(), 1)
	if d, ok := n.(*cc.Declarator); ok {
		a = max(a, d.Alignas())
	}
	return a
}

func isChar(t cc.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind() {
	case cc.Char, cc.SChar, cc.UChar:
		return true
	}
	return false
}
