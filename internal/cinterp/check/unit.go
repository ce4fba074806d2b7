package check

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/front"
)

// linkage of a name, C17 6.2.2.
type linkage uint8

const (
	none linkage = iota
	internal
	external
)

// decl is one declaration of a name.
type decl struct {
	d       *cc.Declarator
	name    string
	t       *typ
	specs   specs
	at      Place
	seq     int // of the last token of the declarator, about
	outer   bool
	link    linkage
	def     bool // defines a function, or an object by an initialiser
	maybe   bool // a tentative definition
	align   int64
	unit    *unit
	asm     bool
	fromLib bool
}

// unit is one translation unit while it is looked at.
type unit struct {
	c        *checker
	name     string
	outline  bool
	ast      *cc.AST
	tu       *front.Unit
	typedefs map[*cc.Declarator]*typ
	tags     map[*cc.StructOrUnionSpecifier]*tagged
	enums    map[*cc.EnumSpecifier]*tagged
	open     map[string]*tagged // tags without a definition
	scopes   []map[string]*decl
	linked   map[string][]*decl // with linkage, in order
	order    []string           // names of linked
	fn       *fnCtx
	stmt     cc.Node          // what a mark may stand at
	setjmps  map[cc.Node]bool // where a setjmp may stand
	static   bool             // in the initialiser of an object with static storage duration
	// addressed are members whose address is taken and which are not accessed.
	addressed map[cc.Node]bool
	mine      map[*cc.TypeName]bool       // the type names of the unit
	moded     map[*cc.AttributeValue]bool // the attributes of mode that change nothing
}

// fnCtx is the function whose body is walked.
type fnCtx struct {
	t    *typ
	last *cc.Declarator // the last parameter
	all  map[*cc.Declarator]specs
}

func newUnit(c *checker, u *front.Unit) *unit {
	return &unit{c: c, name: u.Name, outline: u.Outline, ast: u.AST, tu: u, typedefs: map[*cc.Declarator]*typ{},
		tags: map[*cc.StructOrUnionSpecifier]*tagged{}, enums: map[*cc.EnumSpecifier]*tagged{}, open: map[string]*tagged{},
		linked: map[string][]*decl{}, scopes: []map[string]*decl{{}}, setjmps: map[cc.Node]bool{}, addressed: map[cc.Node]bool{}, mine: map[*cc.TypeName]bool{},
		moded: map[*cc.AttributeValue]bool{}}
}

func (u *unit) walk() {
	for t := u.ast.TranslationUnit; t != nil; t = t.TranslationUnit {
		e := t.ExternalDeclaration
		if e == nil {
			continue
		}
		switch e.Case {
		case cc.ExternalDeclarationFuncDef:
			u.function(e.FunctionDefinition)
		case cc.ExternalDeclarationDecl:
			u.declaration(e.Declaration)
		}
	}
	for _, n := range u.order {
		u.together(u.linked[n])
	}
}

func (u *unit) push() { u.scopes = append(u.scopes, map[string]*decl{}) }
func (u *unit) pop()  { u.scopes = u.scopes[:len(u.scopes)-1] }

// visible gives the declaration that a name means here, or nil.
func (u *unit) visible(name string) *decl {
	for i := len(u.scopes) - 1; i >= 0; i-- {
		if d := u.scopes[i][name]; d != nil {
			return d
		}
	}
	return nil
}

func (u *unit) declaration(d *cc.Declaration) {
	if d == nil || d.Case != cc.DeclarationDecl {
		if d != nil {
			u.children(d)
		}
		return
	}
	old := u.stmt
	u.stmt = nil
	if len(u.scopes) > 1 {
		u.stmt = d
	}
	s := specsOf(d.DeclarationSpecifiers)
	if d.AttributeSpecifierList != nil {
		s.attr = true
	}
	u.declaredModes(d)
	u.visit(d.DeclarationSpecifiers)
	u.visit(d.AttributeSpecifierList)
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		i := l.InitDeclarator
		x := s
		x.attr = x.attr || l.AttributeSpecifierList != nil || i.AttributeSpecifierList != nil
		u.declare(x, i.Declarator, i.Initializer, i.Asm != nil, false)
		u.visit(l.AttributeSpecifierList)
		u.visit(i.AttributeSpecifierList)
		u.visit(i.Declarator)
		static := u.static
		u.static = len(u.scopes) == 1 || s.has(cc.StorageClassSpecifierStatic)
		u.visit(i.Initializer)
		u.static = static
	}
	u.stmt = old
}

// declare notes one declaration, and looks at what can be seen of it alone.
func (u *unit) declare(s specs, d *cc.Declarator, init *cc.Initializer, asm, body bool) *decl {
	if d == nil {
		return nil
	}
	b := u.base(s)
	t := u.declared(b, d)
	u.c.types[d] = t
	u.uses(d, t)
	if s.has(cc.StorageClassSpecifierTypedef) {
		u.typedefs[d] = t
		u.scopes[len(u.scopes)-1][d.Name()] = &decl{d: d, name: d.Name(), t: t, unit: u}
		return nil
	}
	n := d.NameTok()
	x := &decl{d: d, name: d.Name(), t: t, specs: s, at: at(d), seq: n.Seq(), outer: len(u.scopes) == 1, def: body, unit: u, asm: asm}
	x.fromLib = len(x.at.File) > 0 && x.at.File[0] == own[0]
	x.align = alignment(s)
	if init != nil && !s.has(cc.StorageClassSpecifierExtern) || init != nil && x.outer {
		x.def = true
	}
	u.linkage(x)
	if !x.def && x.outer && t.k != function && !s.has(cc.StorageClassSpecifierExtern) {
		x.maybe = true
	}
	if t.k == array && t.n == noSize && init != nil {
		t = &typ{k: array, elem: t.elem, n: anySize}
		if a, ok := d.Type().(*cc.ArrayType); ok && a.Len() > 0 && !u.outline {
			t.n = a.Len()
		}
		x.t = t
	}
	u.alone(x, init)
	u.scopes[len(u.scopes)-1][x.name] = x
	if x.link != none && x.name != "" {
		if len(u.linked[x.name]) == 0 {
			u.order = append(u.order, x.name)
		}
		u.linked[x.name] = append(u.linked[x.name], x)
	}
	return x
}

// linkage follows C17 6.2.2p3 to p6, and sees two linkages of a name, p7.
func (u *unit) linkage(x *decl) {
	prior := u.visible(x.name)
	s := &x.specs
	isExtern := s.has(cc.StorageClassSpecifierExtern)
	isFunc := x.t.k == function
	switch {
	case s.has(cc.StorageClassSpecifierStatic):
		if x.outer {
			x.link = internal
		}
	case isExtern || isFunc:
		x.link = external
		if prior != nil && prior.link != none {
			x.link = prior.link
		}
	case x.outer:
		x.link = external
	}
	if x.link == none || x.fromLib || x.t.k == unknown {
		return
	}
	l := u.linked[x.name]
	for _, o := range l[:min(len(l), maxCompared)] {
		if o.link != x.link && !o.fromLib && o.t.k != unknown {
			u.c.find("linkage-clash", x.at, x.name+" has internal and external linkage in one unit", o.at)
			return
		}
	}
}

// alignment gives what _Alignas asks for in bytes; 0: nothing; -1: not known.
func alignment(s specs) int64 {
	var a int64
	for _, x := range s.align {
		n := int64(-1)
		if x.Case == cc.AlignmentSpecifierType && x.TypeName != nil && x.TypeName.Type() != nil {
			n = int64(x.TypeName.Type().Align())
		} else if x.ConstantExpression != nil {
			n = max(elements(x.ConstantExpression), -1)
		}
		if n < 0 {
			return -1
		}
		a = max(a, n)
	}
	return a
}

func (u *unit) function(f *cc.FunctionDefinition) {
	if f == nil || f.Declarator == nil {
		return
	}
	s := specsOf(f.DeclarationSpecifiers)
	u.visit(f.DeclarationSpecifiers)
	x := u.declare(s, f.Declarator, nil, false, true)
	if x == nil {
		return
	}
	u.visit(f.Declarator)
	u.push()
	old := u.fn
	u.fn = &fnCtx{t: x.t, all: map[*cc.Declarator]specs{}}
	if list, ids := paramsOf(f.Declarator); list != nil {
		u.parameters(list)
	} else {
		u.oldParameters(x, f, ids)
	}
	u.body(f.CompoundStatement)
	u.fn = old
	u.pop()
}

// paramsOf finds the parameter list of the function that a declarator declares.
func paramsOf(d *cc.Declarator) (*cc.ParameterTypeList, *cc.IdentifierList) {
	for x := d.DirectDeclarator; x != nil; {
		inner := x.DirectDeclarator
		if x.Case == cc.DirectDeclaratorDecl {
			if x.Declarator == nil {
				return nil, nil
			}
			x = x.Declarator.DirectDeclarator
			continue
		}
		leaf := inner
		for leaf != nil && leaf.Case == cc.DirectDeclaratorDecl && leaf.Declarator != nil && leaf.Declarator.Pointer == nil {
			leaf = leaf.Declarator.DirectDeclarator
		}
		if leaf != nil && leaf.Case == cc.DirectDeclaratorIdent {
			return x.ParameterTypeList, x.IdentifierList
		}
		x = inner
	}
	return nil, nil
}

func (u *unit) parameters(list *cc.ParameterTypeList) {
	for l := list.ParameterList; l != nil; l = l.ParameterList {
		p := l.ParameterDeclaration
		if p.Declarator == nil {
			continue
		}
		u.parameter(specsOf(p.DeclarationSpecifiers), p.Declarator, u.param(p))
	}
}

func (u *unit) parameter(s specs, d *cc.Declarator, t *typ) {
	n := d.NameTok()
	u.fn.all[d], u.fn.last = s, d
	u.c.types[d] = t
	u.scopes[len(u.scopes)-1][d.Name()] = &decl{d: d, name: d.Name(), t: t, specs: s, at: at(d), unit: u}
	if t.k == tag && !t.completeAt(n.Seq()) {
		u.c.find("incomplete-parameter", at(d), "the parameter "+d.Name()+" has the incomplete type "+t.String())
	}
}

// oldParameters reads the declarations of a definition without a prototype.
func (u *unit) oldParameters(x *decl, f *cc.FunctionDefinition, ids *cc.IdentifierList) {
	types := map[string]*typ{}
	decls := map[string]*cc.Declarator{}
	spec := map[string]specs{}
	for l := f.DeclarationList; l != nil; l = l.DeclarationList {
		s := specsOf(l.Declaration.DeclarationSpecifiers)
		for i := l.Declaration.InitDeclaratorList; i != nil; i = i.InitDeclaratorList {
			d := i.InitDeclarator.Declarator
			types[d.Name()], decls[d.Name()], spec[d.Name()] = u.declared(u.base(s), d).adjusted(), d, s
		}
	}
	x.t.known = x.t.k == function
	told := false
	for ; ids != nil; ids = ids.IdentifierList {
		tok := ids.Token
		if ids.Token2.SrcStr() != "" && ids.Token2.SrcStr() != "," {
			tok = ids.Token2
		}
		n := tok.SrcStr()
		t := types[n]
		if t == nil {
			t = any1
			p := tok.Position()
			if !told {
				u.c.find("undeclared-parameter", Place{p.Filename, p.Line, p.Column, nil}, "the parameter "+n+" is not declared")
			}
			told = true
		} else {
			u.parameter(spec[n], decls[n], t)
		}
		x.t.params = append(x.t.params, t)
	}
}
