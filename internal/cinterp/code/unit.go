package code

import (
	"fmt"
	"maps"
	"slices"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/front"
	"steward/internal/cinterp/mem"
)

// compiler turns units into one program.
type compiler struct {
	p        *Program
	unit     int
	globals  map[string]int         // static objects by linkage name
	statics  map[*cc.Declarator]int // of blocks
	strings  map[string]int
	funcs    map[string]int
	lastNode cc.Node
	lastPos  mem.Pos
	high     int
	init     *fn
	complex  cc.Type // double _Complex
	starts   atStart
	scope    *cc.Scope // of the unit's file
	global   bool      // what is compiled is an initializer outside functions
	inMemory bool
	defined  map[string]mem.Pos
	marks    map[cc.Node][]Mark // see CompileMarked
	orders   *Orders            // nil: from left to right
	effects  *effects           // when there are orders
	atomic   func(cc.Node) Atomicity
	jumps    map[int]bool // units that know setjmp

	types *types
}

// Options of a compilation. Marks is undefined behaviour that statements have;
// Orders chooses the order of evaluation, nil: from left to right; Atomic tells
// of lvalues whether they are atomic, nil: none is.
type Options struct {
	Marks  map[cc.Node][]Mark
	Orders *Orders
	Atomic func(lvalue cc.Node) Atomicity
}

// CompileMarked makes one program of units, as a linker would. What cannot be
// translated is found when it is executed. The error says what does not link.
func CompileMarked(units []*front.Unit, m front.Machine, o Options) (p *Program, err error) {
	c := &compiler{types: newTypes(), marks: o.Marks, orders: o.Orders, atomic: o.Atomic, p: &Program{ByName: map[string]int{}, Ptr: m.Ptr, Long: m.Long, Big: m.BigEndian, CharS: m.CharSigned, Main: -1, Places: []Place{{}}},
		globals: map[string]int{}, statics: map[*cc.Declarator]int{}, strings: map[string]int{}, funcs: map[string]int{}, defined: map[string]mem.Pos{}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(cannot)
			if !ok {
				at := c.p.Places[c.lastPos]
				p, err = nil, &front.Beyond{File: at.File, Line: at.Line, Text: fmt.Sprintf("the compiler failed: %v", r)}
				return
			}
			at := c.p.Places[e.at]
			p, err = nil, fmt.Errorf("%s:%d:%d: %s", at.File, at.Line, at.Col, e.text)
		}
	}()
	c.init = c.newFn("initializers", nil)
	c.init.blocks = []block{{}}
	if c.orders != nil {
		c.effects = newEffects(c)
		for i, u := range units {
			c.effects.unit(i, u.AST.TranslationUnit)
		}
		c.effects.settle()
	}
	for i, u := range units {
		c.unit = i
		c.p.Loose = c.p.Loose || u.Loose
		c.translate(u)
	}
	c.start()
	c.init.emit(OpRet, 0, 0, 0, 0)
	c.finish(c.init)
	c.p.Init = c.init.f
	if i, ok := c.funcs["main"]; ok && c.p.Funcs[i].Code != nil {
		c.p.Main = i
	}
	c.undefined()
	c.ownObjects()
	c.quick()
	c.p.Types = &c.types.t
	c.inline()
	for n, i := range c.funcs {
		c.p.ByName[n] = i
	}
	return c.p, nil
}

// library are the objects that the library defines.
var library = map[string]bool{"stdin": true, "stdout": true, "stderr": true,
	"optarg": true, "optind": true, "opterr": true, "optopt": true, "environ": true, "__environ": true}

// undefined makes each use of an object that no unit defines end the run.
func (c *compiler) undefined() {
	texts := map[int64]int64{}
	for k, s := range c.p.Statics {
		if !s.Defined && !library[s.Name] {
			c.p.Texts = append(c.p.Texts, fmt.Sprintf("the object %s is not in the program and not in the library", s.Name))
			texts[int64(k)] = int64(len(c.p.Texts) - 1)
		}
	}
	if len(texts) == 0 {
		return
	}
	for _, f := range append(c.p.Funcs, c.p.Init) {
		for i, in := range f.Code {
			if t, ok := texts[in.K]; ok && in.Op == OpStatic {
				f.Code[i] = Instr{Op: OpCannot, K: t}
			}
		}
	}
}

func (c *compiler) newFn(name string, d *cc.Declarator) *fn {
	c.high = 65535
	f := &Func{Name: name, Vars: map[uint16]Var{}, Result: TVoid}
	return &fn{c: c, f: f, vars: map[*cc.Declarator]int{}, types: map[cc.ExpressionNode]uint16{}, labels: map[string]*label{},
		addrs: map[string]int{}, cases: map[*cc.LabeledStatement]*label{}, depths: map[string]int{}, marks: map[cc.Node]*mark{}, cleanedBy: map[*cc.Declarator]int{}, cleanedAt: map[string]int{}}
}

func (c *compiler) translate(u *front.Unit) {
	c.scope = u.AST.Scope
	for _, n := range u.AST.Scope.Nodes["__steward_complex"] {
		if d, ok := n.(*cc.Declarator); ok {
			c.complex = d.Type()
		}
	}
	if c.jumps == nil {
		c.jumps = map[int]bool{}
	}
	for _, n := range setjmps {
		c.jumps[c.unit] = c.jumps[c.unit] || len(u.AST.Scope.Nodes[n]) > 0
	}
	for t := u.AST.TranslationUnit; t != nil; t = t.TranslationUnit {
		switch e := t.ExternalDeclaration; e.Case {
		case cc.ExternalDeclarationFuncDef:
			c.funcDef(e.FunctionDefinition)
		case cc.ExternalDeclarationDecl:
			c.outer(e.Declaration)
		}
	}
}

// guard compiles something; what has no translation becomes OpCannot.
func (f *fn) guard(do func()) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(cannot)
			if !ok {
				panic(r)
			}
			f.cannot(e)
		}
	}()
	do()
}

func (f *fn) cannot(e cannot) {
	f.at = e.at
	f.c.p.Texts = append(f.c.p.Texts, e.text)
	f.emit(OpCannot, 0, 0, 0, int64(len(f.c.p.Texts)-1))
}

func (c *compiler) stringLit(f *fn, p *cc.PrimaryExpression) int {
	return c.internString(c.stringBytes(f, p))
}

func (c *compiler) internString(b []byte) int {
	if k, ok := c.strings[string(b)]; ok {
		return k
	}
	c.p.Statics = append(c.p.Statics, Static{Name: "string literal", Size: uint64(len(b)), Align: 1, Type: "string literal", Const: true, Str: b, IsStr: true, Defined: true})
	k := len(c.p.Statics) - 1
	c.strings[string(b)] = k
	return k
}

// function gives the number of a function.
func (c *compiler) function(d *cc.Declarator) int {
	n := c.linkName(d)
	if i, ok := c.funcs[n]; ok {
		return i
	}
	c.p.Funcs = append(c.p.Funcs, &Func{Name: d.Name(), Lib: d.Name(), Type: d.Type(), Place: c.place(d)})
	c.funcs[n] = len(c.p.Funcs) - 1
	return c.funcs[n]
}

func (c *compiler) funcDef(x *cc.FunctionDefinition) {
	d := x.Declarator
	i := c.function(d)
	c.attributed(d, specified(x.DeclarationSpecifiers)...)
	if c.p.Funcs[i].Code != nil {
		if d.IsInline() {
			return
		}
		at := c.place(d)
		panic(cannot{at, fmt.Sprintf("%s is defined twice", d.Name())})
	}
	high := c.high
	defer func() { c.high = high }()
	f := c.newFn(d.Name(), d)
	ft := d.Type().(*cc.FunctionType)
	f.f.Type, f.f.Place, f.f.Variadic = ft, c.place(d), ft.IsVariadic()
	f.result = ft.Result()
	func() {
		defer func() {
			if r := recover(); r != nil {
				e, ok := r.(cannot)
				if !ok {
					e = cannot{f.at, fmt.Sprintf("the compiler failed here: %v", r)}
				}
				f.f.Code, f.f.At, f.f.Locals, f.f.Switches, f.f.Copies = nil, nil, nil, nil, nil
				f.f.Regs = max(f.next, len(ft.Parameters())+2)
				f.indirs = nil
				c.high = 65535
				f.cannot(e)
			}
		}()
		f.body(x, ft)
	}()
	c.finish(f)
	*c.p.Funcs[i] = *f.f
}

func (f *fn) body(x *cc.FunctionDefinition, ft *cc.FunctionType) {
	t := typeOf(ft.Result())
	if t == TNone {
		f.fail(x, "a result of type %s is not supported", ft.Result())
	}
	f.f.Result = t
	f.f.Hidden = t == TAgg
	if f.f.Hidden {
		f.tmp()
	}
	f.f.Noreturn = noreturn(x.DeclarationSpecifiers)
	f.f.OldStyle = !hasProto(ft) || x.DeclarationList != nil
	f.jumps = f.c.jumps[f.c.unit] && callsSetjmp(x.CompoundStatement)
	f.blocks = []block{{}}
	f.params(x, ft)
	f.walkDepths(&cc.Statement{Case: cc.StatementCompound, CompoundStatement: x.CompoundStatement}, 0)
	start, unset := f.label(), f.label()
	if into := f.switched || len(f.depths) > 0; into {
		f.jump(unset)
		f.bind(start)
		defer f.unsetAll(start, unset)
	}
	f.items(x.CompoundStatement)
	f.at = f.c.placeTok(x.CompoundStatement.Token2, nil)
	if f.f.Noreturn {
		f.finding("noreturn-returns", "a function that promised not to return ends")
	}
	f.clean(0)
	switch {
	case t == TVoid:
		f.emit(OpRet, 0, 0, 0, 0)
	case f.f.Name == "main":
		r := f.tmp()
		f.emit(OpK, r, 0, 0, 0)
		f.emit(OpRet, r, 1, 0, 0)
	default:
		f.emit(OpEnd, 0, 0, 0, 0)
	}
	f.copyOut()
}

// unsetAll is run first of all in a function where a jump may pass by the
// declarations of variables: none of them has a value yet.
func (f *fn) unsetAll(start, unset *label) {
	f.bind(unset)
	f.seal(unset)
	regs := slices.Sorted(maps.Keys(f.f.Vars))
	for _, r := range regs {
		f.emit(OpUnset, r, 0, 0, 0)
	}
	f.jump(start)
	f.seal(start)
}

// noreturn tells whether a function is declared _Noreturn.
func noreturn(s *cc.DeclarationSpecifiers) bool {
	for ; s != nil; s = s.DeclarationSpecifiers {
		if fs := s.FunctionSpecifier; fs != nil && fs.Case == cc.FunctionSpecifierNoreturn {
			return true
		}
	}
	return false
}

// params gives each parameter its place.
func (f *fn) params(x *cc.FunctionDefinition, ft *cc.FunctionType) {
	var list []*cc.Parameter
	for _, p := range ft.Parameters() {
		if p.Type().Kind() != cc.Void {
			list = append(list, p)
		}
	}
	f.f.Promised = staticParams(list)
	first := f.next
	for _, p := range list {
		t := typeOf(p.Type().Decay())
		if t == TNone {
			f.fail(p, "a parameter of type %s is not supported", p.Type())
		}
		f.f.Params = append(f.f.Params, t)
		f.tmp()
	}
	for i, p := range list {
		r := uint16(first + i)
		d := p.Declarator
		if d == nil {
			continue
		}
		t := typeOf(p.Type().Decay())
		f.at = f.c.place(d)
		if f.f.OldStyle && x.DeclarationList != nil {
			switch {
			case t.isInt() && t.bits() < 32 && t != TBool:
				f.emit(OpExtI8+Op(t), r, r, 0, 0)
			case t == F32:
				f.emit(OpF64toF32, r, r, 0, 0)
			}
		}
		if t != TAgg && !d.AddressTaken() && !f.jumps {
			f.vars[d] = int(r)
			f.restrict(d, r, true)
			continue
		}
		pt := p.Type().Decay()
		m := f.local(pt, d, d.Name(), false)
		f.vars[d] = ^(len(f.f.Locals) - 1)
		f.f.Locals[len(f.f.Locals)-1].Param = true
		f.f.Locals[len(f.f.Locals)-1].Plain = f.plain(d)
		if t == TAgg {
			f.emit(OpCopy, m, r, f.access(lval{ct: pt, eff: f.c.declared(pt)}, true), pt.Size())
		} else {
			f.store(f.byName(lval{base: m, ct: pt}, pt), val{reg: r, t: t}, d)
		}
	}
	for _, p := range list {
		if p.Declarator != nil {
			f.paramSizes(p)
		}
	}
}

// declares tells whether a block declares something itself.
func declares(s *cc.Statement) bool {
	if s == nil || s.Case != cc.StatementCompound {
		return false
	}
	for l := s.CompoundStatement.BlockItemList; l != nil; l = l.BlockItemList {
		if l.BlockItem.Case == cc.BlockItemDecl {
			return true
		}
	}
	return false
}

// walkDepths finds the labels of a function and how deep in blocks they are.
func (f *fn) walkDepths(s *cc.Statement, depth int) {
	if s == nil {
		return
	}
	switch s.Case {
	case cc.StatementLabeled:
		if s.LabeledStatement.Case == cc.LabeledStatementLabel {
			f.depths[s.LabeledStatement.Token.SrcStr()] = depth
		}
		f.walkDepths(s.LabeledStatement.Statement, depth)
	case cc.StatementCompound:
		for l := s.CompoundStatement.BlockItemList; l != nil; l = l.BlockItemList {
			if l.BlockItem.Case == cc.BlockItemStmt {
				f.walkDepths(l.BlockItem.Statement, depth+1)
			}
		}
	case cc.StatementSelection:
		f.switched = f.switched || s.SelectionStatement.Case == cc.SelectionStatementSwitch && declares(s.SelectionStatement.Statement)
		f.walkDepths(s.SelectionStatement.Statement, depth)
		f.walkDepths(s.SelectionStatement.Statement2, depth)
	case cc.StatementIteration:
		f.walkDepths(s.IterationStatement.Statement, depth+1)
	}
}
