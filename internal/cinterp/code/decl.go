package code

import (
	"modernc.org/cc/v4"
)

func (f *fn) declaration(d *cc.Declaration) {
	switch d.Case {
	case cc.DeclarationAssert:
		return
	case cc.DeclarationAuto:
		f.variable(d.Declarator, d.Initializer)
		return
	}
	f.marked(d)
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		i := l.InitDeclarator
		if fn, ok := f.cleaned(i.Declarator, append(specified(d.DeclarationSpecifiers), d.AttributeSpecifierList, l.AttributeSpecifierList, i.AttributeSpecifierList)...); ok {
			f.cleanedBy[i.Declarator] = fn
		}
		f.variable(i.Declarator, i.Initializer)
	}
}

// sizes computes the lengths of the variable arrays in a type, once, where it
// is declared.
func (f *fn) sizes(t cc.Type, n cc.Node) {
	switch x := t.(type) {
	case *cc.PointerType:
		f.sizes(x.Elem(), n)
	case *cc.ArrayType:
		f.sizes(x.Elem(), n)
		if !x.IsVLA() || x.SizeExpression() == nil {
			return
		}
		e := x.SizeExpression()
		if _, ok := f.types[e]; ok && x.Typedef() != nil {
			return
		}
		r := uint16(f.c.highReg(f))
		v := f.conv(f.expr(e, -1), I64, -1)
		f.to(v, r)
		f.emit(OpCheckN, 0, r, 0, 0)
		f.types[e] = r
	}
}

// paramSizes computes the sizes in the type of a parameter, C17 6.9.1p10. That
// of the array which became a pointer is computed for its effects alone.
func (f *fn) paramSizes(p *cc.Parameter) {
	a, ok := arrayOf(p.Type())
	if !ok {
		f.sizes(p.Type(), p.Declarator)
		return
	}
	f.sizes(a.Elem(), p.Declarator)
	if e := a.SizeExpression(); e != nil && a.IsVLA() {
		f.discard(e)
	}
}

func (f *fn) variable(d *cc.Declarator, init *cc.Initializer) {
	t := d.Type()
	if d.IsTypename() {
		f.sizes(t, d)
		return
	}
	if t.Kind() == cc.Function || d.IsExtern() {
		return
	}
	f.at = f.c.place(d)
	if d.IsStatic() {
		f.c.staticLocal(f, d, init)
		return
	}
	if d.IsThreadLocal() {
		f.fail(d, "thread-local objects in a block are not supported")
	}
	f.sizes(t, d)
	if a, ok := t.(*cc.ArrayType); ok && vla(a) {
		f.vlaVar(d, a)
		return
	}
	if f.inRegister(d) {
		r := f.tmp()
		f.vars[d] = int(r)
		f.f.Vars[r] = Var{d.Name(), f.c.place(d)}
		if init == nil {
			f.emit(OpUnset, r, 0, 0, 0)
			f.restrict(d, r, false)
			return
		}
		f.regInit(r, d, init)
		f.restrict(d, r, true)
		return
	}
	r := f.local(t, d, d.Name(), false)
	i := len(f.f.Locals) - 1
	f.vars[d] = ^i
	f.f.Locals[i].Plain = f.plain(d)
	b := &f.blocks[len(f.blocks)-1]
	b.locals = append(b.locals, i)
	f.emit(OpFresh, r, 0, 0, int64(i))
	if init != nil {
		f.initObject(r, t, init)
	}
	if constant(d) {
		f.emit(OpConst, r, 0, 0, int64(i))
	}
	if fn, ok := f.cleanedBy[d]; ok {
		b.cleanings = append(b.cleanings, cleaning{fn, r, t.Pointer(), d})
	}
}

func (f *fn) regInit(r uint16, d *cc.Declarator, init *cc.Initializer) {
	for init.Case == cc.InitializerInitList && init.InitializerList != nil {
		init = init.InitializerList.Initializer
	}
	if init.AssignmentExpression == nil {
		f.store(lval{isReg: true, reg: r, ct: d.Type()}, val{k: true, t: typeOf(d.Type())}, d)
		return
	}
	e := init.AssignmentExpression
	f.unsequenced(e)
	want := -1
	if typeOf(e.Type()) == typeOf(d.Type()) {
		want = int(r)
	}
	mark := f.next
	f.temps = f.temps[:0]
	v := f.expr(e, want)
	f.at = f.c.place(d)
	f.used(v, e)
	f.aligned(v, e.Type(), d.Type())
	f.store(lval{isReg: true, reg: r, ct: d.Type()}, v, d)
	f.endTemps()
	f.next = mark
}

func (f *fn) vlaVar(d *cc.Declarator, a *cc.ArrayType) {
	mark := f.next
	size := f.reg(f.sizeVal(a, d))
	f.f.Locals = append(f.f.Locals, Local{Align: uint64(max(a.Elem().Align(), 1)), Name: d.Name(), Type: "array of variable length", At: f.c.place(d), Temp: true, Layout: f.c.declared(a)})
	i := len(f.f.Locals) - 1
	r := uint16(f.c.highReg(f))
	f.f.Locals[i].Reg = r
	f.emit(OpVLA, r, size, 0, int64(i))
	f.vars[d] = ^i
	f.next = mark
	b := &f.blocks[len(f.blocks)-1]
	b.locals = append(b.locals, i)
}

// inRegister tells whether a variable needs no memory.
func (f *fn) inRegister(d *cc.Declarator) bool {
	_, cleaned := f.cleanedBy[d]
	return !f.jumps && !cleaned && !d.AddressTaken() && typeOf(d.Type()).isScalar() && d.Type().Kind() != cc.Array && !f.c.inMemory
}

// plain tells whether a variable of a function that calls setjmp may lose its
// value to a longjmp. The standard says so of all that are not volatile; those
// whose address is taken keep it with every compiler.
func (f *fn) plain(d *cc.Declarator) bool {
	return f.jumps && !d.IsVolatile() && !d.AddressTaken() && typeOf(d.Type()).isScalar() && d.Type().Kind() != cc.Array
}

// complit compiles a compound literal.
func (f *fn) complit(x *cc.PostfixExpression) lval {
	t := undecay(x.Type())
	if t2 := x.TypeName.Type(); t2.Size() >= 0 {
		t = t2
	}
	if f.c.global {
		k := f.c.newStatic("compound literal", t, f.c.place(x))
		r := f.tmp()
		f.emit(OpStatic, r, 0, 0, int64(k))
		f.initList(r, t, x.InitializerList)
		return f.byName(lval{base: r, ct: t, whole: true}, t)
	}
	r := f.local(t, x, "compound literal", false)
	i := len(f.f.Locals) - 1
	if len(f.blocks) > 0 {
		b := &f.blocks[len(f.blocks)-1]
		b.locals = append(b.locals, i)
	}
	f.emit(OpFresh, r, 0, 0, int64(i))
	f.initList(r, t, x.InitializerList)
	return f.byName(lval{base: r, ct: t, whole: true}, t)
}
