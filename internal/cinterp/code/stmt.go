package code

import (
	"slices"

	"sort"

	"modernc.org/cc/v4"
)

func (f *fn) stmt(s *cc.Statement) {
	if s == nil {
		return
	}
	mark := f.next
	defer func() { f.next = mark }()
	f.marked(s)
	switch s.Case {
	case cc.StatementCompound:
		f.compound(s.CompoundStatement)
	case cc.StatementExpr:
		if e := s.ExpressionStatement.ExpressionList; e != nil {
			f.full(e)
		}
	case cc.StatementSelection:
		f.selection(s.SelectionStatement)
	case cc.StatementIteration:
		f.iteration(s.IterationStatement)
	case cc.StatementJump:
		f.jumpStmt(s.JumpStatement)
	case cc.StatementLabeled:
		f.labeled(s.LabeledStatement)
	case cc.StatementAsm:
		f.asm(s.AsmStatement.Asm)
	default:
		f.fail(s, "this statement is not supported")
	}
}

// full compiles a full expression for its effects.
func (f *fn) full(e cc.ExpressionNode) {
	f.marked(e)
	f.at = f.c.place(e)
	f.temps = f.temps[:0]
	defer f.endTemps()
	f.unsequenced(e)
	if a, ok := strip(e).(*cc.AssignmentExpression); ok && a.Case == cc.AssignmentExpressionAssign {
		if f.copyByte(a) {
			return
		}
	}
	f.discard(e)
}

// endTemps ends the results of calls at the end of a full expression, C17
// 6.2.4p8.
func (f *fn) endTemps() {
	for _, i := range f.temps {
		f.emit(OpKill, f.f.Locals[i].Reg, 0, 0, int64(i))
	}
	f.temps = f.temps[:0]
}

// copyByte compiles `*a = *b` of characters, which copies a byte that may have
// no value, and where it came from.
func (f *fn) copyByte(a *cc.AssignmentExpression) bool {
	if !isChar(a.UnaryExpression.Type()) || !isChar(a.AssignmentExpression.Type()) {
		return false
	}
	r := strip(a.AssignmentExpression)
	ok := false
	switch x := r.(type) {
	case *cc.PostfixExpression:
		ok = x.Case == cc.PostfixExpressionIndex
	case *cc.UnaryExpression:
		ok = x.Case == cc.UnaryExpressionDeref
	}
	if !ok {
		return false
	}
	l := f.lval(a.UnaryExpression)
	if l.isReg || l.bits != nil {
		f.store(l, f.expr(a.AssignmentExpression, -1), a)
		return true
	}
	l = f.flat(l)
	s := f.flat(f.lval(r))
	f.at = f.c.placeTok(a.Token, a)
	f.emit(OpCopyByte, l.base, s.base, 0, 1)
	return true
}

func (f *fn) compound(b *cc.CompoundStatement) {
	mark := f.next
	f.blocks = append(f.blocks, block{})
	f.items(b)
	f.closeBlock()
	f.next = mark
}

func (f *fn) items(b *cc.CompoundStatement) {
	for l := b.BlockItemList; l != nil; l = l.BlockItemList {
		switch i := l.BlockItem; i.Case {
		case cc.BlockItemDecl:
			f.declaration(i.Declaration)
		case cc.BlockItemStmt:
			f.stmt(i.Statement)
		case cc.BlockItemLabel:
		default:
			f.fail(i, "a function inside a function is not supported")
		}
	}
}

// closeBlock ends the innermost block and its objects.
func (f *fn) closeBlock() {
	f.kill(len(f.blocks) - 1)
	f.blocks = f.blocks[:len(f.blocks)-1]
}

// kill ends the objects of all blocks from depth on, without leaving them for
// the compiler: it is for jumps, too.
func (f *fn) kill(depth int) {
	if depth == 0 {
		return // the function's return does it
	}
	f.clean(depth)
	for i := len(f.blocks) - 1; i >= depth; i-- {
		for _, l := range f.blocks[i].locals {
			f.emit(OpKill, f.f.Locals[l].Reg, 0, 0, int64(l))
		}
		for _, k := range f.blocks[i].restricts {
			f.emit(OpRestrictEnd, 0, 0, 0, int64(k))
		}
	}
}

// stmtExpr compiles GNU's ({ … }).
func (f *fn) stmtExpr(b *cc.CompoundStatement, want int) val {
	r := f.tmp()
	f.blocks = append(f.blocks, block{})
	out := val{t: TVoid}
	var last *cc.ExpressionStatement
	for l := b.BlockItemList; l != nil; l = l.BlockItemList {
		i := l.BlockItem
		if l.BlockItemList == nil && i.Case == cc.BlockItemStmt && i.Statement.Case == cc.StatementExpr {
			last = i.Statement.ExpressionStatement
			break
		}
		switch i.Case {
		case cc.BlockItemDecl:
			f.declaration(i.Declaration)
		case cc.BlockItemStmt:
			f.stmt(i.Statement)
		}
	}
	if last != nil && last.ExpressionList != nil {
		v := f.expr(last.ExpressionList, -1)
		switch {
		case v.t == TAgg:
			t := f.local(v.ct, b, "the result of a statement", true)
			f.emit(OpCopy, t, v.reg, 0, v.ct.Size())
			out = val{reg: t, t: TAgg, ct: v.ct}
		case v.t.isScalar():
			out = f.to(v, r)
		}
	}
	f.closeBlock()
	return out
}

func (f *fn) selection(s *cc.SelectionStatement) {
	f.at = f.c.place(s.ExpressionList)
	f.unsequenced(s.ExpressionList)
	if s.Case == cc.SelectionStatementSwitch {
		f.switchStmt(s)
		return
	}
	yes, no, end := f.label(), f.label(), f.label()
	f.cond(s.ExpressionList, yes, no, true)
	f.bind(yes)
	f.seal(yes)
	f.stmt(s.Statement)
	if s.Case == cc.SelectionStatementIfElse {
		f.jump(end)
		f.bind(no)
		f.seal(no)
		f.stmt(s.Statement2)
		f.bind(end)
		f.seal(end)
		return
	}
	f.bind(no)
	f.seal(no)
}

// loop sets where break and continue go, and gives a function that undoes it.
func (f *fn) loop(brk, cont *label) func() {
	ob, oc, bd, cd := f.brk, f.cont, f.brkD, f.contD
	f.brk, f.brkD = brk, len(f.blocks)
	if cont != nil {
		f.cont, f.contD = cont, len(f.blocks)
	}
	return func() { f.brk, f.cont, f.brkD, f.contD = ob, oc, bd, cd }
}

func (f *fn) iteration(s *cc.IterationStatement) {
	body, cont, end, test := f.label(), f.label(), f.label(), f.label()
	test2 := func(e cc.ExpressionNode) {
		if e == nil {
			f.jump(body)
			return
		}
		f.marked(e)
		f.at = f.c.place(e)
		f.unsequenced(e)
		f.cond(e, body, end, false)
	}
	f.blocks = append(f.blocks, block{})
	defer f.loop(end, cont)()
	switch s.Case {
	case cc.IterationStatementWhile:
		f.jump(cont)
		f.bind(body)
		f.stmt(s.Statement)
		f.bind(cont)
		f.seal(cont)
		test2(s.ExpressionList)
	case cc.IterationStatementDo:
		f.bind(body)
		f.stmt(s.Statement)
		f.bind(cont)
		f.seal(cont)
		test2(s.ExpressionList)
	default:
		cond, step := s.ExpressionList2, s.ExpressionList3
		if s.Case == cc.IterationStatementForDecl {
			f.declaration(s.Declaration)
			cond, step = s.ExpressionList, s.ExpressionList2
		} else if s.ExpressionList != nil {
			f.full(s.ExpressionList)
		}
		if cond != nil {
			f.jump(test)
		}
		f.bind(body)
		f.stmt(s.Statement)
		f.bind(cont)
		f.seal(cont)
		if step != nil {
			f.full(step)
		}
		f.bind(test)
		f.seal(test)
		test2(cond)
	}
	f.seal(body)
	f.bind(end)
	f.seal(end)
	f.closeBlock()
}

func (f *fn) jumpStmt(s *cc.JumpStatement) {
	f.at = f.c.place(s)
	switch s.Case {
	case cc.JumpStatementGoto:
		name := s.Token2.SrcStr()
		// Objects of blocks that are left end.
		if d, ok := f.depths[name]; ok && d <= len(f.blocks) {
			f.kill(max(d, 1))
			f.cleanBack(name, d-1)
		}
		f.jump(f.labelFor(name))
	case cc.JumpStatementGotoExpr:
		if slices.ContainsFunc(f.blocks, func(b block) bool { return len(b.cleanings) > 0 }) {
			f.fail(s, "a computed jump in a block with the attribute cleanup is not supported")
		}
		v := f.expr(s.ExpressionList, -1)
		f.emit(OpJInd, f.reg(v), 0, 0, 0)
	case cc.JumpStatementContinue:
		if f.cont == nil {
			f.fail(s, "continue outside a loop")
		}
		f.kill(f.contD)
		f.jump(f.cont)
	case cc.JumpStatementBreak:
		if f.brk == nil {
			f.fail(s, "break outside a loop or switch")
		}
		f.kill(f.brkD)
		f.jump(f.brk)
	case cc.JumpStatementReturn:
		f.returnStmt(s)
	}
}

func (f *fn) returnStmt(s *cc.JumpStatement) {
	if f.f.Noreturn {
		f.finding("noreturn-returns", "a function that promised not to return returns")
	}
	if s.ExpressionList == nil {
		f.clean(0)
		f.emit(OpRet, 0, 0, 0, 0)
		return
	}
	f.unsequenced(s.ExpressionList)
	t := typeOf(f.result)
	if t == TVoid {
		f.discard(s.ExpressionList)
		f.clean(0)
		f.emit(OpRet, 0, 0, 0, 0)
		return
	}
	v := f.expr(s.ExpressionList, -1)
	f.at = f.c.place(s)
	f.used(v, s.ExpressionList)
	if v = f.complexAs(v, f.result, s); t == TAgg {
		f.emit(OpRetMem, v.reg, 0, 0, f.result.Size())
		return
	}
	r := f.reg(f.conv(v, t, -1))
	f.clean(0)
	f.emit(OpRet, r, 1, 0, 0)
}

func (f *fn) labelFor(name string) *label {
	l := f.labels[name]
	if l == nil {
		l = f.label()
		f.labels[name] = l
	}
	return l
}

func (f *fn) labelAddr(x *cc.UnaryExpression, want int) val {
	name := x.Token2.SrcStr()
	in := f
	if f.outer != nil {
		in = f.outer
	}
	i, ok := in.addrs[name]
	if !ok {
		i = len(in.indirs)
		in.indirs = append(in.indirs, in.labelFor(name))
		in.addrs[name] = i
	}
	d := f.dst(want)
	// The number of the label, off zero so that it is no null pointer.
	f.emit(OpK, d, 0, 0, int64(i+1))
	return val{reg: d, t: TPtr, ct: x.Type()}
}

func (f *fn) labeled(s *cc.LabeledStatement) {
	switch s.Case {
	case cc.LabeledStatementLabel:
		l := f.labelFor(s.Token.SrcStr())
		if l.pos >= 0 {
			f.fail(s, "two labels of this name in a function are not supported")
		}
		f.bind(l)
		f.seal(l)
		f.cleanedAt[s.Token.SrcStr()] = len(f.blocks[len(f.blocks)-1].cleanings)
	default:
		l := f.cases[s]
		if l == nil {
			f.fail(s, "a case outside a switch")
		}
		f.bind(l)
		f.seal(l)
	}
	f.stmt(s.Statement)
}

func (f *fn) switchStmt(s *cc.SelectionStatement) {
	v := f.expr(s.ExpressionList, -1)
	t := v.t.promote()
	if !t.isInt() {
		f.fail(s, "a switch on this type is not supported")
	}
	v = f.conv(v, t, -1)
	end := f.label()
	sw := len(f.f.Switches)
	f.f.Switches = append(f.f.Switches, Switch{})
	at := f.emit(OpSwitch, f.reg(v), 0, 0, int64(sw))
	type entry struct {
		lo, hi int64
		l      *label
	}
	var list []entry
	def := end
	for _, c := range s.LabeledStatements() {
		l := f.label()
		f.cases[c] = l
		switch c.Case {
		case cc.LabeledStatementDefault:
			def = l
		case cc.LabeledStatementCaseLabel:
			k := int64(extend(f.caseValue(c.ConstantExpression), t))
			list = append(list, entry{k, k, l})
		case cc.LabeledStatementRange:
			list = append(list, entry{int64(extend(f.caseValue(c.ConstantExpression), t)), int64(extend(f.caseValue(c.ConstantExpression2), t)), l})
		}
	}
	undo := f.loop(end, nil)
	f.stmt(s.Statement)
	undo()
	f.bind(end)
	f.seal(end)
	table := Switch{Default: int32(def.pos), Sparse: map[int64]int32{}}
	sort.Slice(list, func(i, j int) bool { return list[i].lo < list[j].lo })
	dense := len(list) > 0 && list[len(list)-1].hi-list[0].lo < 4096 && list[len(list)-1].hi >= list[0].lo
	if dense {
		table.Lo = list[0].lo
		table.Dense = make([]int32, list[len(list)-1].hi-list[0].lo+1)
		for i := range table.Dense {
			table.Dense[i] = int32(def.pos)
		}
	}
	for _, e := range list {
		switch {
		case dense:
			for k := e.lo; k <= e.hi; k++ {
				table.Dense[k-table.Lo] = int32(e.l.pos)
			}
		case e.lo == e.hi:
			table.Sparse[e.lo] = int32(e.l.pos)
		default:
			table.Ranges = append(table.Ranges, [3]int64{e.lo, e.hi, int64(e.l.pos)})
		}
	}
	f.f.Switches[sw] = table
	_ = at
}

func (f *fn) caseValue(n cc.ExpressionNode) uint64 {
	switch x := n.Value().(type) {
	case cc.Int64Value:
		return uint64(x)
	case cc.UInt64Value:
		return uint64(x)
	}
	f.fail(n, "this case is not a constant")
	return 0
}
