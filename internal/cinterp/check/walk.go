package check

import (
	"reflect"
	"sync"

	"modernc.org/cc/v4"
)

var nodeType = reflect.TypeFor[cc.Node]()

// fields caches which fields of a node's structure hold nodes.
var fields sync.Map // reflect.Type to []int

func nodeFields(t reflect.Type) []int {
	if l, ok := fields.Load(t); ok {
		return l.([]int)
	}
	l := []int{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.IsExported() && !f.Anonymous && (f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Interface) && f.Type.Implements(nodeType) {
			l = append(l, i)
		}
	}
	fields.Store(t, l)
	return l
}

// children visits what is below a node, in the order of the fields.
func (u *unit) children(n cc.Node) {
	v := reflect.ValueOf(n)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return
	}
	v = v.Elem()
	if v.Kind() != reflect.Struct {
		return
	}
	for _, i := range nodeFields(v.Type()) {
		if f := v.Field(i); !f.IsNil() {
			u.visit(f.Interface().(cc.Node))
		}
	}
}

// visit looks at a node and at all below it.
func (u *unit) visit(n cc.Node) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return
	}
	switch x := n.(type) {
	case *cc.Declaration:
		u.declaration(x)
		return
	case *cc.FunctionDefinition:
		u.function(x)
		return
	case *cc.BlockItem:
		if x.Case == cc.BlockItemFuncDef { // an extension
			u.function(&cc.FunctionDefinition{DeclarationSpecifiers: x.DeclarationSpecifiers, Declarator: x.Declarator, CompoundStatement: x.CompoundStatement})
			return
		}
	case *cc.CompoundStatement:
		u.push()
		u.body(x)
		u.pop()
		return
	case *cc.Statement:
		u.statement(x)
		return
	case *cc.AttributeValue:
		u.attribute(x)
		return
	case *cc.StructDeclaration:
		u.memberModes(x)
	case *cc.TypeName:
		u.mine[x] = true
		u.typeName(x)
	case *cc.StructOrUnionSpecifier:
		u.members(x)
	case *cc.StaticAssertDeclaration:
		if e := x.ConstantExpression; e != nil && !u.outline && e.Type() != nil && !cc.IsIntegerType(e.Type()) {
			u.c.violates("6.7.10p2", at(e), "the condition of _Static_assert is no integer constant expression")
		}
	case *cc.ParameterTypeList:
		u.voidParameter(x)
	case *cc.ParameterDeclaration:
		u.param(x)
	default:
		if e, ok := n.(cc.ExpressionNode); ok && !u.outline && !u.expression(e) {
			return
		}
	}
	u.children(n)
}

func (u *unit) body(b *cc.CompoundStatement) {
	if b != nil {
		u.visit(b.BlockItemList)
	}
}

// statement visits a statement; marks below it stand at it if they are in an
// expression that it evaluates first of all.
func (u *unit) statement(s *cc.Statement) {
	old := u.stmt
	u.stmt = s
	switch s.Case {
	case cc.StatementExpr:
		u.allowSetjmp(s.ExpressionStatement.ExpressionList, true)
		u.value(s.ExpressionStatement.ExpressionList)
	case cc.StatementSelection:
		x := s.SelectionStatement
		if x.Case == cc.SelectionStatementSwitch && !u.outline {
			u.cases(x)
		}
		u.allowSetjmp(x.ExpressionList, false)
		u.value(x.ExpressionList)
		u.visit(x.Statement)
		u.visit(x.Statement2)
	case cc.StatementIteration:
		u.iteration(s.IterationStatement)
	case cc.StatementJump:
		u.value(s.JumpStatement.ExpressionList)
		u.returned(s.JumpStatement)
	default:
		u.children(s)
	}
	u.stmt = old
}

func (u *unit) value(e cc.ExpressionNode) {
	if e != nil {
		u.visit(e)
	}
}

func (u *unit) iteration(x *cc.IterationStatement) {
	u.push()
	first, cond := x.ExpressionList, x.ExpressionList
	switch x.Case {
	case cc.IterationStatementFor:
		cond = x.ExpressionList2
	case cc.IterationStatementForDecl:
		u.visit(x.Declaration)
	}
	u.allowSetjmp(cond, false)
	if x.Case == cc.IterationStatementDo {
		u.unsure(first)
	} else {
		u.value(first)
	}
	if x.Case == cc.IterationStatementFor {
		u.value(x.ExpressionList2)
	} else {
		u.unsure(x.ExpressionList2)
	}
	u.unsure(x.ExpressionList3)
	u.visit(x.Statement)
	u.pop()
}

// unsure visits what may not be evaluated when the statement is: marks in it
// stand at the expression.
func (u *unit) unsure(e cc.ExpressionNode) {
	if e == nil {
		return
	}
	old := u.stmt
	if old != nil {
		u.stmt = e
	}
	u.visit(e)
	u.stmt = old
}

// members looks at a structure's definition, C17 6.7.2.1p8.
func (u *unit) members(s *cc.StructOrUnionSpecifier) {
	if s.Case != cc.StructOrUnionSpecifierDef {
		return
	}
	if !hasNamed(s) {
		p := at(s)
		if l := s.StructDeclarationList; l != nil && l.StructDeclaration != nil {
			p = at(l.StructDeclaration) // where a name is missing
		}
		u.c.find("empty-struct", p, "the "+word(s)+" has no named member")
	}
	for l := s.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		if d := l.StructDeclaration; d != nil && declaresNothing(d) {
			u.c.violates("6.7.2.1p2", at(d), "the "+word(s)+" has a member without a name that is no structure or union without a tag: compilers leave it out")
		}
	}
	if t := u.structure(s); t.k == tag {
		u.memberTypes(t.tag)
		u.again(s)
	}
}

// declaresNothing tells of a declaration in a structure whether it has neither a
// declarator nor a structure or union without a tag. The parser makes a member
// of it, as some extensions do, and so the layout would be another.
func declaresNothing(d *cc.StructDeclaration) bool {
	if d.Case != cc.StructDeclarationDecl || d.StructDeclaratorList != nil {
		return false
	}
	q := qualSpecs(d.SpecifierQualifierList)
	if len(q.types) == 1 && q.types[0].Case == cc.TypeSpecifierStructOrUnion {
		in := q.types[0].StructOrUnionSpecifier
		return in.Case != cc.StructOrUnionSpecifierDef || in.Token.SrcStr() != ""
	}
	return len(q.types) > 0
}

// hasNamed tells whether a structure has a named member, in an unnamed
// structure or union of it, too.
func hasNamed(s *cc.StructOrUnionSpecifier) bool {
	for l := s.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		d := l.StructDeclaration
		if d == nil || d.Case != cc.StructDeclarationDecl {
			continue
		}
		for x := d.StructDeclaratorList; x != nil; x = x.StructDeclaratorList {
			if x.StructDeclarator.Declarator != nil {
				return true
			}
		}
		if d.StructDeclaratorList != nil {
			continue
		}
		q := qualSpecs(d.SpecifierQualifierList)
		if len(q.types) != 1 || q.types[0].Case != cc.TypeSpecifierStructOrUnion {
			return true // an extension
		}
		in := q.types[0].StructOrUnionSpecifier
		if in.Case != cc.StructOrUnionSpecifierDef || hasNamed(in) {
			return true
		}
	}
	return false
}

// voidParameter looks at the void that stands for no parameters.
func (u *unit) voidParameter(l *cc.ParameterTypeList) {
	if l.ParameterList == nil || l.ParameterList.ParameterList != nil || l.Case == cc.ParameterTypeListVar {
		return
	}
	p := l.ParameterList.ParameterDeclaration
	if p == nil || p.Case != cc.ParameterDeclarationAbstract || p.AbstractDeclarator != nil {
		return
	}
	s := specsOf(p.DeclarationSpecifiers)
	if len(s.types) == 1 && s.types[0].Case == cc.TypeSpecifierVoid && !s.attr && (s.q != 0 || len(s.storage) > 0) {
		u.c.find("void-parameter", at(p), "void for no parameters has a qualifier or a storage class")
	}
}
