package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// specs are the specifiers and qualifiers of a declaration.
type specs struct {
	types            []*cc.TypeSpecifier
	q                quals
	storage          []cc.StorageClassSpecifierCase
	inline, noreturn bool
	align            []*cc.AlignmentSpecifier
	attr             bool // has attributes, which may change everything
	node             cc.Node
}

func (s *specs) has(c cc.StorageClassSpecifierCase) bool { return slices.Contains(s.storage, c) }

func (s *specs) qualifier(q *cc.TypeQualifier) {
	if q == nil {
		return
	}
	switch q.Case {
	case cc.TypeQualifierConst:
		s.q |= qConst
	case cc.TypeQualifierVolatile:
		s.q |= qVolatile
	case cc.TypeQualifierRestrict:
		s.q |= qRestrict
	case cc.TypeQualifierAtomic:
		s.q |= qAtomic
	default:
		s.attr = true
	}
}

func specsOf(d *cc.DeclarationSpecifiers) specs {
	var s specs
	if d != nil {
		s.node = d
	}
	for ; d != nil; d = d.DeclarationSpecifiers {
		s.attr = s.attr || d.AttributeSpecifierList != nil
		switch d.Case {
		case cc.DeclarationSpecifiersStorage:
			s.storage = append(s.storage, d.StorageClassSpecifier.Case)
		case cc.DeclarationSpecifiersTypeSpec:
			s.types = append(s.types, d.TypeSpecifier)
		case cc.DeclarationSpecifiersTypeQual:
			s.qualifier(d.TypeQualifier)
		case cc.DeclarationSpecifiersFunc:
			s.inline = s.inline || d.FunctionSpecifier.Case == cc.FunctionSpecifierInline
			s.noreturn = s.noreturn || d.FunctionSpecifier.Case == cc.FunctionSpecifierNoreturn
		case cc.DeclarationSpecifiersAlignSpec:
			s.align = append(s.align, d.AlignmentSpecifier)
		default:
			s.attr = true
		}
	}
	return s
}

func qualSpecs(l *cc.SpecifierQualifierList) specs {
	var s specs
	if l != nil {
		s.node = l
	}
	for ; l != nil; l = l.SpecifierQualifierList {
		s.attr = s.attr || l.AttributeSpecifierList != nil
		switch l.Case {
		case cc.SpecifierQualifierListTypeSpec:
			s.types = append(s.types, l.TypeSpecifier)
		case cc.SpecifierQualifierListTypeQual:
			s.qualifier(l.TypeQualifier)
		case cc.SpecifierQualifierListAlignSpec:
			s.align = append(s.align, l.AlignmentSpecifier)
		default:
			s.attr = true
		}
	}
	return s
}

// base gives the type that specifiers spell.
func (u *unit) base(s specs) *typ {
	if s.attr {
		return any1
	}
	t := u.specified(s.types)
	if t.k == function && s.q != 0 {
		u.c.find("qualified-function", at(s.node), "the type of a function is qualified")
		return any1
	}
	u.spelled(s, t)
	t = t.with(s.q)
	u.uses(s.node, t)
	return t
}

var words = map[cc.TypeSpecifierCase]string{
	cc.TypeSpecifierVoid: "void", cc.TypeSpecifierChar: "char", cc.TypeSpecifierShort: "short", cc.TypeSpecifierInt: "int",
	cc.TypeSpecifierLong: "long", cc.TypeSpecifierFloat: "float", cc.TypeSpecifierDouble: "double", cc.TypeSpecifierSigned: "signed",
	cc.TypeSpecifierUnsigned: "unsigned", cc.TypeSpecifierBool: "_Bool", cc.TypeSpecifierComplex: "_Complex",
}

func (u *unit) specified(l []*cc.TypeSpecifier) *typ {
	if len(l) == 1 {
		switch s := l[0]; s.Case {
		case cc.TypeSpecifierStructOrUnion:
			return u.structure(s.StructOrUnionSpecifier)
		case cc.TypeSpecifierEnum:
			return u.enumeration(s.EnumSpecifier)
		case cc.TypeSpecifierTypeName:
			return u.named(s)
		case cc.TypeSpecifierAtomic:
			if s.AtomicTypeSpecifier == nil {
				return any1
			}
			return u.typeName(s.AtomicTypeSpecifier.TypeName).with(qAtomic)
		}
	}
	n := map[string]int{}
	for _, s := range l {
		w := words[s.Case]
		if w == "" {
			return any1
		}
		n[w]++
	}
	return &typ{k: basic, name: basicName(n)}
}

// basicName brings the words of a type to one spelling.
func basicName(n map[string]int) string {
	var b strings.Builder
	switch {
	case n["_Complex"] > 0:
		b.WriteString("_Complex ")
	case n["unsigned"] > 0:
		b.WriteString("unsigned ")
	case n["signed"] > 0 && n["char"] > 0:
		b.WriteString("signed ")
	}
	b.WriteString(strings.Repeat("long ", n["long"]))
	for _, w := range []string{"void", "_Bool", "char", "short", "float", "double"} {
		if n[w] > 0 {
			return b.String() + w
		}
	}
	if n["long"] > 0 {
		return strings.TrimSpace(b.String())
	}
	return b.String() + "int"
}

// named finds the typedef that a name stands for.
func (u *unit) named(s *cc.TypeSpecifier) *typ {
	name := s.Token.SrcStr()
	for scope := s.LexicalScope(); scope != nil; scope = scope.Parent {
		var last *cc.Declarator
		for _, n := range scope.Nodes[name] {
			if d, ok := n.(*cc.Declarator); ok && d.IsTypename() {
				tok := d.NameTok()
				if tok.Seq() < s.Token.Seq() {
					last = d
				}
			}
		}
		if last != nil {
			if t := u.typedefs[last]; t != nil {
				return t
			}
			return any1
		}
	}
	return any1
}

func (u *unit) typeName(n *cc.TypeName) *typ {
	if n == nil {
		return any1
	}
	return u.abstract(u.base(qualSpecs(n.SpecifierQualifierList)), n.AbstractDeclarator)
}

func pointers(t *typ, p *cc.Pointer) *typ {
	for ; p != nil; p = p.Pointer {
		if p.Case == cc.PointerBlock {
			return any1
		}
		q, attr := quals(0), false
		for l := p.TypeQualifiers; l != nil; l = l.TypeQualifiers {
			var s specs
			s.qualifier(l.TypeQualifier)
			q, attr = q|s.q, attr || s.attr
		}
		if attr {
			return any1
		}
		t = &typ{k: pointer, elem: t, q: q}
	}
	return t
}

// declared gives the type of a declarator on a type.
func (u *unit) declared(t *typ, d *cc.Declarator) *typ {
	if d == nil {
		return t
	}
	t = pointers(t, d.Pointer)
	for x := d.DirectDeclarator; x != nil; x = x.DirectDeclarator {
		switch x.Case {
		case cc.DirectDeclaratorIdent:
			return t
		case cc.DirectDeclaratorDecl:
			return u.declared(t, x.Declarator)
		case cc.DirectDeclaratorFuncParam:
			if !u.result(t, x) {
				return any1
			}
			t = u.prototype(t, x.ParameterTypeList)
		case cc.DirectDeclaratorFuncIdent:
			t = &typ{k: function, elem: t}
		case cc.DirectDeclaratorStar:
			t = &typ{k: array, elem: t, n: anySize}
		default:
			if !u.element(t, x) {
				return any1
			}
			t = u.arrayOf(t, x.AssignmentExpression)
		}
	}
	return t
}

func (u *unit) abstract(t *typ, d *cc.AbstractDeclarator) *typ {
	if d == nil {
		return t
	}
	t = pointers(t, d.Pointer)
	for x := d.DirectAbstractDeclarator; x != nil; x = x.DirectAbstractDeclarator {
		switch x.Case {
		case cc.DirectAbstractDeclaratorDecl:
			return u.abstract(t, x.AbstractDeclarator)
		case cc.DirectAbstractDeclaratorFunc:
			if !u.result(t, x) {
				return any1
			}
			t = u.prototype(t, x.ParameterTypeList)
		case cc.DirectAbstractDeclaratorArrStar:
			t = &typ{k: array, elem: t, n: anySize}
		default:
			if !u.element(t, x) {
				return any1
			}
			t = u.arrayOf(t, x.AssignmentExpression)
		}
	}
	return t
}

// arrayOf gives an array; its size must be an integer, C17 6.7.6.2p1.
func (u *unit) arrayOf(t *typ, size cc.ExpressionNode) *typ {
	if size != nil && !u.outline && size.Type() != nil && cc.IsFloatingPointType(size.Type()) {
		u.c.violates("6.7.6.2p1", at(size), "the size of an array is no integer")
		return any1
	}
	return &typ{k: array, elem: t, n: elements(size)}
}

// elements gives the size that stands in brackets.
func elements(e cc.ExpressionNode) int64 {
	if e == nil {
		return noSize
	}
	switch v := e.Value().(type) {
	case cc.Int64Value:
		return max(int64(v), anySize)
	case cc.UInt64Value:
		return int64(v &^ (1 << 63))
	}
	if p, ok := e.(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionInt {
		if n, err := strconv.ParseInt(p.Token.SrcStr(), 0, 62); err == nil {
			return n
		}
	}
	return anySize
}

func (u *unit) prototype(result *typ, l *cc.ParameterTypeList) *typ {
	f := &typ{k: function, elem: result}
	if l == nil {
		return f
	}
	f.proto, f.known = true, true
	f.variadic = l.Case == cc.ParameterTypeListVar
	for p := l.ParameterList; p != nil; p = p.ParameterList {
		f.params = append(f.params, u.param(p.ParameterDeclaration))
	}
	if len(f.params) == 1 && f.params[0].plain().isVoid() && !f.variadic {
		f.params = nil
	}
	return f
}

func (u *unit) param(p *cc.ParameterDeclaration) *typ {
	s := specsOf(p.DeclarationSpecifiers)
	if p.AttributeSpecifierList != nil {
		return any1
	}
	t := u.base(s)
	if p.Case == cc.ParameterDeclarationAbstract {
		return u.abstract(t, p.AbstractDeclarator).adjusted()
	}
	return u.declared(t, p.Declarator).adjusted()
}

// structure gives the type that a structure's or union's specifier stands for.
func (u *unit) structure(s *cc.StructOrUnionSpecifier) *typ {
	if s == nil {
		return any1
	}
	if s.Case == cc.StructOrUnionSpecifierTag {
		def, outer := u.definition(s)
		if def == nil {
			if outer {
				return any1
			}
			key := word(s) + " " + s.Token.SrcStr()
			if u.open[key] == nil {
				u.open[key] = &tagged{word: word(s), name: s.Token.SrcStr(), unit: u}
			}
			return &typ{k: tag, tag: u.open[key]}
		}
		s = def
	}
	if word(s) == "union" && (s.AttributeSpecifierList != nil || s.AttributeSpecifierList2 != nil) {
		return any1 // it may be transparent
	}
	if u.tags[s] == nil {
		u.tags[s] = &tagged{word: word(s), name: s.Token.SrcStr(), unit: u, def: s, end: s.Token3.Seq()}
	}
	return &typ{k: tag, tag: u.tags[s]}
}

func word(s *cc.StructOrUnionSpecifier) string {
	if s.StructOrUnion != nil && s.StructOrUnion.Case == cc.StructOrUnionUnion {
		return "union"
	}
	return "struct"
}

// definition finds what a tag names. The second result tells that it is not
// sure which one it is.
func (u *unit) definition(s *cc.StructOrUnionSpecifier) (*cc.StructOrUnionSpecifier, bool) {
	var found *cc.StructOrUnionSpecifier
	name, n, here := s.Token.SrcStr(), 0, false
	for scope := s.LexicalScope(); scope != nil; scope = scope.Parent {
		for _, x := range scope.Nodes[name] {
			d, ok := x.(*cc.StructOrUnionSpecifier)
			if !ok {
				continue
			}
			here = here || scope.Parent == nil
			if d.Case == cc.StructOrUnionSpecifierDef {
				if found == nil {
					found = d
				}
				n++
			}
		}
	}
	if n > 1 || found != nil && word(found) != word(s) {
		return nil, true
	}
	return found, found == nil && !here
}

func (u *unit) enumeration(s *cc.EnumSpecifier) *typ {
	if s != nil && s.Case == cc.EnumSpecifierTag {
		s = enumDefinition(s)
	}
	if s == nil {
		return any1
	}
	if u.enums[s] == nil {
		u.enums[s] = &tagged{word: "enum", name: s.Token2.SrcStr(), unit: u, enum: s, end: 1}
	}
	return &typ{k: tag, tag: u.enums[s]}
}

// enumDefinition finds what the tag of an enumeration names; nil where it is
// not sure.
func enumDefinition(s *cc.EnumSpecifier) (found *cc.EnumSpecifier) {
	for scope := s.LexicalScope(); scope != nil; scope = scope.Parent {
		for _, x := range scope.Nodes[s.Token2.SrcStr()] {
			if d, ok := x.(*cc.EnumSpecifier); ok && d.Case == cc.EnumSpecifierDef {
				if found != nil {
					return nil
				}
				found = d
			}
		}
	}
	return found
}

// contents reads the members once.
func (g *tagged) contents() []member {
	if g.read {
		return g.members
	}
	g.read = true
	if g.enum != nil {
		g.values = map[string]string{}
		for l := g.enum.EnumeratorList; l != nil; l = l.EnumeratorList {
			v := "?"
			if x := l.Enumerator.Value(); x != nil && x != cc.Unknown {
				v = fmt.Sprint(x)
			}
			g.values[l.Enumerator.Token.SrcStr()] = v
		}
		return nil
	}
	if g.def == nil {
		return nil
	}
	for l := g.def.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		d := l.StructDeclaration
		if d == nil || d.Case != cc.StructDeclarationDecl {
			continue
		}
		s := qualSpecs(d.SpecifierQualifierList)
		t := g.unit.base(s)
		if d.StructDeclaratorList == nil {
			g.members = append(g.members, member{"", t, -1, nil})
		}
		for sl := d.StructDeclaratorList; sl != nil; sl = sl.StructDeclaratorList {
			x := sl.StructDeclarator
			m := member{x.Declarator.Name(), g.unit.declared(t, x.Declarator), -1, nil}
			if x.Declarator != nil {
				m.at = x.Declarator
			}
			if x.Case == cc.StructDeclaratorBitField {
				m.bits = max(elements(x.ConstantExpression), -2)
			}
			g.members = append(g.members, m)
		}
	}
	return g.members
}
