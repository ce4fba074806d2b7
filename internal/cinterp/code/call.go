package code

import (
	"strings"

	"modernc.org/cc/v4"
)

func (f *fn) postfix(x *cc.PostfixExpression, want int) val {
	switch x.Case {
	case cc.PostfixExpressionPrimary:
		return f.expr(x.PrimaryExpression, want)
	case cc.PostfixExpressionCall:
		return f.call(x, want, false)
	case cc.PostfixExpressionInc:
		return f.incdec(x, x.PostfixExpression, x.Token, 1, false, false, want)
	case cc.PostfixExpressionDec:
		return f.incdec(x, x.PostfixExpression, x.Token, -1, false, false, want)
	}
	defer func(at int32) { f.at = at }(f.at)
	f.inOrder(x)
	return f.value(x, want)
}

// args lists the arguments of a call.
func args(l *cc.ArgumentExpressionList) []cc.ExpressionNode {
	var a []cc.ExpressionNode
	for ; l != nil; l = l.ArgumentExpressionList {
		a = append(a, l.AssignmentExpression)
	}
	return a
}

// callee gives the name of a function that is called by it, and its declarator.
func callee(n cc.ExpressionNode) (string, *cc.Declarator) {
	if u, ok := strip(n).(*cc.UnaryExpression); ok && (u.Case == cc.UnaryExpressionDeref || u.Case == cc.UnaryExpressionAddrof) {
		n = u.CastExpression
	}
	p, ok := strip(n).(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionIdent {
		return "", nil
	}
	d, _ := p.ResolvedTo().(*cc.Declarator)
	if d != nil && d.Type().Kind() != cc.Function {
		return "", nil
	}
	return p.Token.SrcStr(), d
}

// special compiles the calls that are no calls.
func (f *fn) special(x *cc.PostfixExpression, name string, a []cc.ExpressionNode, want int) (val, bool) {
	if strings.HasPrefix(name, "__steward_atomic_") {
		return f.atomicCall(x, name, a, want)
	}
	switch name {
	case "__builtin_expect":
		if len(a) == 2 {
			v := f.conv(f.expr(a[0], want), typeOf(x.Type()), want)
			f.discard(a[1])
			return v, true
		}
	case "__builtin_constant_p", "__ccgo__types_compatible_p":
		v := val{k: true, t: I32, ct: x.Type()}
		if c, ok := x.Value().(cc.Int64Value); ok {
			v.n = uint64(c)
		}
		return v, true
	case "__builtin_classify_type":
		if len(a) == 1 {
			return val{k: true, n: classOf(a[0].Type()), t: I32, ct: x.Type()}, true
		}
	case "__builtin_choose_expr":
		if len(a) == 3 {
			if f.constOf(a[0]).n != 0 {
				return f.expr(a[1], want), true
			}
			return f.expr(a[2], want), true
		}
	case "__builtin_object_size":
		return val{k: true, n: extend(^uint64(0), intT(int64(f.c.p.Ptr), false)), t: intT(int64(f.c.p.Ptr), false), ct: x.Type()}, true
	case "__builtin_prefetch":
		for _, e := range a {
			f.discard(e)
		}
		return val{t: TVoid, ct: x.Type()}, true
	case "__builtin_unreachable":
		f.finding("unreachable-reached", "a place is reached that the program promises is not")
		return val{t: TVoid, ct: x.Type()}, true
	}
	return val{}, false
}

// classOf gives GNU's number for a kind of types.
func classOf(t cc.Type) uint64 {
	if _, _, ok := complexOf(t); ok {
		return 9
	}
	switch k := undecay(t).Kind(); {
	case k == cc.Void:
		return 0
	case k == cc.Struct:
		return 12
	case k == cc.Union:
		return 13
	case k == cc.Ptr || k == cc.Array || k == cc.Function:
		return 5
	case typeOf(t).isFloat():
		return 8
	}
	return 1
}

// finding emits undefined behaviour that happens if it is executed.
func (f *fn) finding(kind, text string) {
	f.c.p.Static = append(f.c.p.Static, Finding{kind, text})
	f.emit(OpUB, 0, 0, 0, int64(len(f.c.p.Static)-1))
}

func (f *fn) call(x *cc.PostfixExpression, want int, drop bool) val {
	defer func(at int32) { f.at = at }(f.at)
	name, d := callee(x.PostfixExpression)
	list := args(x.ArgumentExpressionList)
	if v, ok := f.special(x, name, list, want); ok {
		return v
	}
	var ft *cc.FunctionType
	if pt, ok := x.PostfixExpression.Type().(*cc.PointerType); ok {
		ft, _ = pt.Elem().(*cc.FunctionType)
	}
	if ft == nil {
		f.fail(x, "a call of %s is not supported", x.PostfixExpression.Type())
	}
	site := Site{Type: ft, Result: typeOf(ft.Result()), Used: !drop, Proto: hasProto(ft) && (!oldStyle(d) || f.c.prototyped(d)), Size: ft.Result().Size()}
	if name == "__builtin_va_arg_impl" && len(list) > 0 {
		p, _ := key(list[0]).(*cc.Declarator)
		site.Param = p != nil && p.IsParam()
	}
	var fp val
	called := func() {
		fp = f.expr(x.PostfixExpression, -1)
		if fp.t != TPtr || fp.k {
			fp = val{reg: f.reg(fp), t: TPtr}
		}
	}
	operands := list
	if d == nil {
		operands = append([]cc.ExpressionNode{x.PostfixExpression}, list...)
	}
	back := f.backwards(x, operands...)
	if d == nil && !back {
		called()
	}
	if site.Result == TNone {
		f.fail(x, "a result of type %s is not supported", ft.Result())
	}
	n := len(list)
	var hidden val
	if site.Result == TAgg {
		site.Hidden = true
		hidden = val{reg: f.local(ft.Result(), x, "the result of a call", true), t: TPtr}
		f.temps = append(f.temps, len(f.f.Locals)-1)
		f.emit(OpFresh, hidden.reg, 0, 0, int64(len(f.f.Locals)-1))
		n++
	}
	base := f.next
	for i := 0; i < max(n, 1); i++ {
		f.tmp()
	}
	at := base
	if site.Hidden {
		f.emit(OpMov, uint16(at), hidden.reg, 0, 0)
		at++
	}
	params := ft.Parameters()
	site.Args = make([]Arg, len(list))
	for i := range list {
		if back {
			i = len(list) - 1 - i
		}
		mark := f.next
		var pt cc.Type
		if site.Proto && i < len(params) {
			pt = params[i].Type()
		}
		site.Args[i] = f.arg(list[i], pt, uint16(at+i))
		f.next = mark
	}
	if d == nil && back {
		called()
	}
	f.at = f.c.place(x)
	f.next = base
	f.c.p.Sites = append(f.c.p.Sites, site)
	id := len(f.c.p.Sites) - 1
	if id > 65535 {
		f.fail(x, "a program with more than 65536 calls")
	}
	dst := uint16(base)
	if site.Result.isScalar() && !drop {
		dst = f.dst(want)
	} else if f.next == base {
		dst = f.tmp()
	}
	if d != nil {
		f.emit(OpCall, dst, uint16(base), uint16(id), int64(f.c.function(d)))
	} else {
		f.emit(OpCallPtr, dst, uint16(base), uint16(id), int64(fp.reg))
	}
	if strings.HasPrefix(name, "__builtin_va_arg_impl") {
		return val{reg: dst, t: TPtr, ct: x.Type()}
	}
	if site.Hidden {
		f.emit(OpConst, hidden.reg, 0, 0, 0)
		return val{reg: hidden.reg, t: TAgg, ct: ft.Result()}
	}
	return val{reg: dst, t: site.Result, ct: x.Type()}
}

func hasProto(ft *cc.FunctionType) bool {
	return len(ft.Parameters()) > 0 || ft.MaxArgs() >= 0
}

// arg compiles an argument into its register, converted as the parameter, or
// as C17 6.5.2.2p6 promotes it when there is none.
func (f *fn) arg(e cc.ExpressionNode, pt cc.Type, r uint16) Arg {
	v := f.expr(e, int(r))
	f.used(v, e)
	ct := e.Type()
	t := v.t
	size := ct.Size()
	if pt != nil && pt.Kind() != cc.Void {
		ct = pt.Decay()
		t = typeOf(ct)
		size = ct.Size()
	} else if t.isInt() {
		t = t.promote()
		size = int64(t.bits() / 8)
	} else if t == F32 {
		t, size = F64, 8
	} else if t == TPtr {
		size = int64(f.c.p.Ptr)
	}
	if t == TVoid || t == TNone {
		f.fail(e, "an argument of type %s is not supported", e.Type())
	}
	if v.isComplex() && (pt == nil || pt.Kind() == cc.Void) {
		ct, size = v.ct, v.ct.Size()
	}
	f.to(f.conv(f.complexAs(v, ct, e), t, int(r)), r)
	return Arg{T: t, Size: size, Type: ct}
}

// local makes an object of the function in memory, and gives its register.
func (f *fn) local(t cc.Type, n cc.Node, name string, temp bool) uint16 {
	if t.Size() < 0 {
		f.fail(n, "an object of type %s has no known size", t)
	}
	if varies(t) {
		f.fail(n, "a structure with an array of variable length is not supported")
	}
	if t.Size() > 1<<31 {
		f.fail(n, "an object of %d bytes", t.Size())
	}
	f.f.Locals = append(f.f.Locals, Local{Size: uint64(t.Size()), Align: uint64(aligned(t, n)), Name: name, Type: t.String(), At: f.c.place(n), Temp: temp, Pads: pads(t), Layout: f.c.declared(t)})
	i := len(f.f.Locals) - 1
	f.f.Locals[i].Reg = uint16(f.c.highReg(f))
	return f.f.Locals[i].Reg
}

// varies tells whether a structure has a member of variable length, GNU's own, or
// an array has such structures.
func varies(t cc.Type) bool {
	if a, ok := t.(*cc.ArrayType); ok {
		return varies(a.Elem())
	}
	s, ok := t.(*cc.StructType)
	if !ok {
		return false
	}
	for i := 0; i < s.NumFields(); i++ {
		ft := s.FieldByIndex(i).Type()
		if a, ok := ft.(*cc.ArrayType); ok && vla(a) || varies(ft) {
			return true
		}
	}
	return false
}

// highReg gives a register for all of the function's time. It is numbered from
// the top and moved down when the function is done.
func (c *compiler) highReg(f *fn) int {
	c.high--
	if c.high < 61000 {
		f.fail(nil, "a function with more than 4000 objects in memory")
	}
	return c.high
}

// pads lists the padding bytes of a type, as offset and length.
func pads(t cc.Type) [][2]uint64 {
	if t.Kind() != cc.Struct && t.Kind() != cc.Array || t.Size() > 1<<16 || t.Size() <= 0 {
		return nil
	}
	used := make([]bool, t.Size())
	fillUsed(t, 0, used)
	var out [][2]uint64
	for i := 0; i < len(used); i++ {
		if used[i] {
			continue
		}
		j := i
		for j < len(used) && !used[j] {
			j++
		}
		out = append(out, [2]uint64{uint64(i), uint64(j - i)})
		i = j
	}
	return out
}

func fillUsed(t cc.Type, off int64, used []bool) {
	switch x := t.(type) {
	case *cc.StructType:
		for i := 0; i < x.NumFields(); i++ {
			fd := x.FieldByIndex(i)
			if fd.IsBitfield() {
				lo := fd.Offset()*8 + int64(fd.OffsetBits())
				for b := lo; b < lo+fd.ValueBits(); b++ {
					if at := off + b/8; at < int64(len(used)) {
						used[at] = true
					}
				}
				continue
			}
			fillUsed(fd.Type(), off+fd.Offset(), used)
		}
	case *cc.ArrayType:
		for i := int64(0); i < x.Len(); i++ {
			fillUsed(x.Elem(), off+i*x.Elem().Size(), used)
		}
	default:
		n := t.Size()
		if t.Kind() == cc.LongDouble {
			n = 8
		}
		for i := off; i < off+n && i < int64(len(used)); i++ {
			used[i] = true
		}
	}
}
