package check

import (
	"strings"

	"modernc.org/cc/v4"
)

// Attributes of GNU's that change what a program means, and that neither the
// parser nor the compiler of the byte-code knows: with one of them a run would be
// of another program.

// strange are those that are never known.
var strange = map[string]bool{"ms_struct": true, "scalar_storage_order": true, "bitwidth": true, "ext_vector_type": true, "address_space": true}

// modes are the sizes in bytes that GNU's attribute mode asks for; 0: that of a pointer.
var modes = map[string]int64{"QI": 1, "byte": 1, "HI": 2, "SI": 4, "DI": 8, "TI": 16, "SF": 4, "DF": 8, "word": 0, "pointer": 0, "unwind_word": 0, "libgcc_cmp_return": 0}

// attribute looks at an attribute that nobody looked at with what it is for.
func (u *unit) attribute(a *cc.AttributeValue) {
	switch name := strings.Trim(a.Token.SrcStr(), "_"); {
	case strange[name], name == "mode" && !u.moded[a]:
		u.c.unsupported(at(a), "the attribute "+name+" is not supported")
	case name == "optimize" && strings.Contains(cc.NodeSource(a), "wrap"):
		u.c.unsupported(at(a), "an attribute that lets arithmetic wrap around is not supported")
	}
}

// declaredModes looks for attributes of mode in a declaration.
func (u *unit) declaredModes(d *cc.Declaration) {
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		t := l.InitDeclarator.Declarator.Type()
		for s := d.DeclarationSpecifiers; s != nil; s = s.DeclarationSpecifiers {
			u.modes(t, s.AttributeSpecifierList)
		}
		u.modes(t, d.AttributeSpecifierList)
		u.modes(t, l.AttributeSpecifierList)
		u.modes(t, l.InitDeclarator.AttributeSpecifierList)
	}
}

// memberModes looks for attributes of mode in a declaration of members.
func (u *unit) memberModes(d *cc.StructDeclaration) {
	for l := d.StructDeclaratorList; l != nil; l = l.StructDeclaratorList {
		x := l.StructDeclarator.Declarator
		if x == nil {
			continue
		}
		for s := d.SpecifierQualifierList; s != nil; s = s.SpecifierQualifierList {
			u.modes(x.Type(), s.AttributeSpecifierList)
		}
		u.modes(x.Type(), d.AttributeSpecifierList)
	}
}

// modes notes the attributes of mode that ask for the size which the type has
// without them: they change nothing.
func (u *unit) modes(t cc.Type, l *cc.AttributeSpecifierList) {
	if u.outline {
		return
	}
	for ; l != nil; l = l.AttributeSpecifierList {
		for v := l.AttributeSpecifier.AttributeValueList; v != nil; v = v.AttributeValueList {
			a := v.AttributeValue
			if strings.Trim(a.Token.SrcStr(), "_") != "mode" {
				continue
			}
			size, ok := modes[strings.Trim(cc.NodeSource(a.ArgumentExpressionList), "_ ")]
			if ok && size == 0 {
				size = u.ast.ABI.Types[cc.Ptr].Size
			}
			before, seen := u.moded[a]
			u.moded[a] = size == t.Size() && (before || !seen)
		}
	}
}

// unsupported notes what a run cannot show, the first of it alone.
func (c *checker) unsupported(p Place, text string) {
	if c.r.Unsupported == nil && !strings.HasPrefix(p.File, own) {
		c.r.Unsupported = &Unsupported{p, text}
	}
}
