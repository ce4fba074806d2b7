package code

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/mem"
)

// types collects what a program's objects and accesses are made of, for the
// rules of effective types: see mem.Types.
type types struct {
	t        mem.Types
	byType   map[typeKey]uint16
	byKey    map[string]uint16
	accesses map[mem.Access]uint16
	pointers map[string]mem.Tag
	names    map[cc.Type]string
}

type typeKey struct {
	t        cc.Type
	volatile bool
}

// maxAccesses is how many accesses an instruction can name; further ones are
// not asked about.
const maxAccesses = 4096

func newTypes() *types {
	ts := &types{byType: map[typeKey]uint16{}, byKey: map[string]uint16{}, accesses: map[mem.Access]uint16{}, pointers: map[string]mem.Tag{}, names: map[cc.Type]string{}}
	ts.t.Layouts = make([]mem.Layout, 1)
	ts.t.Accesses = make([]mem.Access, 1)
	ts.add("", mem.Layout{Name: "char", Size: 1, Tag: mem.TagChar})
	return ts
}

// add gives the number of a layout; equal ones have one number.
func (ts *types) add(key string, l mem.Layout) uint16 {
	if l.Tag != mem.TagNone {
		key = fmt.Sprint("t", l.Tag, " ", l.Size, l.Volatile)
	}
	if i, ok := ts.byKey[key]; ok {
		return i
	}
	if len(ts.t.Layouts) >= 0xfff0 {
		return 0
	}
	if l.N > 0 {
		l.Volatile = ts.t.Layouts[l.Elem].Volatile
	}
	for _, m := range l.Members {
		l.Volatile = l.Volatile || ts.t.Layouts[m.Type].Volatile
	}
	ts.t.Layouts = append(ts.t.Layouts, l)
	ts.byKey[key] = uint16(len(ts.t.Layouts) - 1)
	return ts.byKey[key]
}

// volatile tells whether a type is volatile. The parser says so of pointers to
// volatile types, too: those are not believed.
func volatile(t cc.Type) bool { return t.Kind() != cc.Ptr && t.Attributes().IsVolatile() }

// layout gives the layout of a type; 0 when it is not understood.
func (ts *types) layout(t cc.Type, vol bool) uint16 {
	if t == nil {
		return 0
	}
	vol = vol || volatile(t)
	k := typeKey{t, vol}
	if i, ok := ts.byType[k]; ok {
		return i
	}
	ts.byType[k] = 0 // what has itself inside is not understood
	i := ts.build(t, vol)
	ts.byType[k] = i
	return i
}

func (ts *types) build(t cc.Type, vol bool) uint16 {
	switch x := t.(type) {
	case *cc.ArrayType:
		e := ts.layout(x.Elem(), vol)
		if vla(x) || e == 0 || x.Len() <= 0 {
			return 0
		}
		return ts.add(fmt.Sprint("a", e, " ", x.Len()), mem.Layout{Name: "array", Size: uint64(x.Size()), Elem: e, N: uint64(x.Len())})
	case *cc.StructType:
		tag := x.Tag()
		return ts.members(x, x.NumFields(), x.FieldByIndex, vol, "struct", tag.SrcStr())
	case *cc.UnionType:
		tag := x.Tag()
		return ts.members(x, x.NumFields(), x.FieldByIndex, vol, "union", tag.SrcStr())
	}
	if t.Size() <= 0 || t.Kind() == cc.Void || t.Kind() == cc.Function {
		return 0
	}
	g := ts.tag(t)
	return ts.add("", mem.Layout{Name: tagName(g, t), Size: uint64(t.Size()), Tag: g, Volatile: vol})
}

// name gives the name of a type, for people.
func (ts *types) name(t cc.Type) string {
	n, ok := ts.names[t]
	if !ok {
		n = t.String()
		ts.names[t] = n
	}
	return n
}

// any gives the layout of bytes that may be anything.
func (ts *types) any(size uint64) uint16 {
	return ts.add("", mem.Layout{Name: "bytes", Size: size, Tag: mem.TagAny})
}

func (ts *types) members(t cc.Type, n int, field func(int) *cc.Field, vol bool, what, tag string) uint16 {
	size := t.Size()
	if size <= 0 || t.IsIncomplete() {
		return 0
	}
	l := mem.Layout{Name: strings.TrimSpace(what + " " + tag), Size: uint64(size), Union: what == "union"}
	key := fmt.Sprint(what, size)
	for i := range n {
		fd := field(i)
		off, ft := fd.Offset(), fd.Type()
		var m uint16
		switch {
		case fd.IsBitfield():
			m = ts.any(uint64(min(fd.AccessBytes(), size-off)))
		case ft.Size() <= 0:
			if off >= size {
				continue
			}
			m = ts.any(uint64(size - off)) // a flexible array begins in the padding
		default:
			if m = ts.layout(ft, vol); m == 0 {
				m = ts.any(uint64(ft.Size()))
			}
		}
		l.Members = append(l.Members, mem.Member{Off: uint64(off), Type: m})
		key += fmt.Sprint(" ", off, ":", m)
	}
	return ts.add(key, l)
}

// tag gives the tag of a scalar type.
func (ts *types) tag(t cc.Type) mem.Tag {
	switch t.Kind() {
	case cc.Char, cc.SChar, cc.UChar:
		return mem.TagChar
	case cc.Short, cc.UShort:
		return mem.TagShort
	case cc.Int, cc.UInt:
		return mem.TagInt
	case cc.Long, cc.ULong:
		return mem.TagLong
	case cc.LongLong, cc.ULongLong:
		return mem.TagLongLong
	case cc.Bool:
		return mem.TagBool
	case cc.Float, cc.Float32:
		return mem.TagFloat
	case cc.Double, cc.Float64:
		return mem.TagDouble
	case cc.LongDouble:
		return mem.TagLongDouble
	case cc.Enum:
		if e, ok := t.(*cc.EnumType); ok {
			if u := e.UnderlyingType(); u != nil && u.Kind() != cc.Enum && u.Size() > 0 {
				return ts.tag(u)
			}
		}
		return mem.TagInt
	case cc.Ptr:
		return ts.pointer(elemOf(t))
	}
	return mem.TagAny
}

// pointer gives the tag of pointers to a type. Qualifiers of what is pointed to
// do not count, as GCC has it, and pointers to void may be all others.
func (ts *types) pointer(to cc.Type) mem.Tag {
	if to == nil {
		return mem.TagPtr
	}
	key := ""
	switch x := to.(type) {
	case *cc.PointerType:
		return mem.TagPtrPtr
	case *cc.FunctionType:
		return mem.TagFunc
	case *cc.StructType:
		tag := x.Tag()
		key = tag.SrcStr()
	case *cc.UnionType:
		tag := x.Tag()
		key = tag.SrcStr()
	case *cc.ArrayType:
	default:
		switch g := ts.tag(to); {
		case to.Kind() == cc.Void || g == mem.TagChar || g == mem.TagAny:
		default:
			key = fmt.Sprint(" ", g)
		}
	}
	if key == "" {
		return mem.TagPtr
	}
	if g, ok := ts.pointers[key]; ok {
		return g
	}
	g := mem.TagPointers + mem.Tag(len(ts.pointers))
	if g > mem.TagLast {
		g = mem.TagPtr
	} else {
		ts.pointers[key] = g
	}
	return g
}

func tagName(g mem.Tag, t cc.Type) string {
	switch g {
	case mem.TagShort:
		return "short"
	case mem.TagInt:
		return "int"
	case mem.TagLong:
		return "long"
	case mem.TagLongLong:
		return "long long"
	case mem.TagPtr, mem.TagPtrPtr, mem.TagFunc:
		return "pointer"
	}
	return t.String()
}

// whole takes the arrays from a type: an object of it, or an array of them.
func whole(t cc.Type) cc.Type {
	for {
		a, ok := t.(*cc.ArrayType)
		if !ok {
			return t
		}
		if t = a.Elem(); t == nil {
			return nil
		}
	}
}

// declared gives the layout of a declared object.
func (c *compiler) declared(t cc.Type) uint16 {
	vol := false
	for u := t; u != nil; {
		vol = vol || volatile(u)
		a, ok := u.(*cc.ArrayType)
		if !ok {
			break
		}
		u = a.Elem()
	}
	return c.types.layout(whole(t), vol)
}

// pointed makes l the lvalue that a pointer p leads to, of a type.
func (f *fn) pointed(l lval, t cc.Type, p cc.ExpressionNode) lval {
	if t != nil {
		l.eff, l.named, l.volatile = f.c.declared(t), false, volatile(t) || !plain(p)
		if mayAlias(t) {
			l.eff = 0
		}
		// A typedef may take alignment away, with GNU's attribute.
		l.packed = l.packed || typeOf(t).isScalar() && t.Size() > 1 && int64(t.Align()) < min(t.Size(), int64(f.c.p.Ptr))
	}
	return l
}

// plain tells whether a pointer surely has a type without volatile. The parser
// forgets the word in casts and members, so that only variables and casts that
// do not have it are sure.
func plain(p cc.ExpressionNode) bool {
	switch x := strip(p).(type) {
	case *cc.PrimaryExpression:
		d, ok := x.ResolvedTo().(*cc.Declarator)
		if !ok || x.Case != cc.PrimaryExpressionIdent {
			return false
		}
		e := elemOf(d.Type().Decay())
		return e != nil && e.Kind() != cc.Ptr && !volatile(e) && !volatile(whole(e))
	case *cc.CastExpression:
		if x.TypeName == nil || strings.Contains(cc.NodeSource(x.TypeName), "volatile") {
			return false
		}
		e := elemOf(x.Type())
		return e != nil && e.Kind() != cc.Ptr && !volatile(e) && !volatile(whole(e))
	case *cc.AdditiveExpression:
		if x.AdditiveExpression.Type().Kind() == cc.Ptr {
			return plain(x.AdditiveExpression)
		}
		return plain(x.MultiplicativeExpression)
	case *cc.UnaryExpression:
		return (x.Case == cc.UnaryExpressionInc || x.Case == cc.UnaryExpressionDec) && plain(x.UnaryExpression)
	case *cc.PostfixExpression:
		return (x.Case == cc.PostfixExpressionInc || x.Case == cc.PostfixExpressionDec) && plain(x.PostfixExpression)
	}
	return false
}

// byName makes l the lvalue of a declared object.
func (f *fn) byName(l lval, t cc.Type) lval {
	l.eff, l.named = f.c.declared(t), true
	return l
}

// mayAlias tells whether a type has GNU's attribute that lets it alias all.
func mayAlias(t cc.Type) bool {
	a := t.Attributes()
	return a != nil && (a.IsAttrSet("may_alias") || a.IsAttrSet("__may_alias__"))
}

// access gives the number of the access to an lvalue; 0: there is nothing to
// ask, as when it is designated by its name or a character is read.
func (f *fn) access(l lval, write bool) uint16 {
	if l.eff == 0 || l.isReg || l.named && l.t() != TAgg || l.ct == nil || l.ct.Size() <= 0 || mayAlias(l.ct) {
		return 0
	}
	a := mem.Access{Base: l.eff, Size: uint64(l.ct.Size()), Volatile: l.volatile || volatile(l.ct), Union: l.union}
	switch l.t() {
	case TAgg:
		if a.Base = f.c.types.layout(l.ct, false); a.Base == 0 {
			return 0
		}
		a.Volatile = true
	default:
		if a.Tag = f.c.types.tag(l.ct); a.Tag == mem.TagAny || a.Tag == mem.TagChar && !write {
			return 0
		}
	}
	a.Name = f.c.types.name(l.ct)
	ts := f.c.types
	i, ok := ts.accesses[a]
	if !ok && len(ts.t.Accesses) < maxAccesses {
		ts.t.Accesses = append(ts.t.Accesses, a)
		i = uint16(len(ts.t.Accesses) - 1)
		ts.accesses[a] = i
	}
	return i
}
