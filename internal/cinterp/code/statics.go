package code

import (
	"fmt"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/mem"
)

// Objects of static storage duration: C17 6.2.4p3, 6.7.9 and 6.9.2.

// linkName gives the name under which a function or object is linked.
func (c *compiler) linkName(d *cc.Declarator) string {
	if d.Linkage() == cc.Internal {
		return fmt.Sprintf("%s@%d", d.Name(), c.unit)
	}
	return d.Name()
}

// outer compiles a declaration outside functions.
func (c *compiler) outer(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		return
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		dd := id.Declarator
		if dd.Type().Kind() == cc.Function && !dd.IsTypename() {
			c.attributed(dd, append(specified(d.DeclarationSpecifiers), d.AttributeSpecifierList, l.AttributeSpecifierList, id.AttributeSpecifierList)...)
		}
		if dd.IsTypename() || dd.Type().Kind() == cc.Function {
			continue
		}
		if dd.IsExtern() && id.Initializer == nil {
			continue
		}
		k := c.static(c.init, dd)
		s := &c.p.Statics[k]
		if s.At == 0 || id.Initializer != nil {
			s.At = c.place(dd)
		}
		if n := uint64(max(dd.Type().Size(), 0)); n > s.Size || s.Type == "" {
			s.Size, s.Type, s.Layout = n, dd.Type().String(), c.declared(dd.Type())
		}
		s.Defined = true
		if id.Initializer != nil {
			c.initStatic(c.init, k, dd, id.Initializer)
		} else if constant(dd) && !s.initialised {
			s.Const = true // until an initializer comes, if one does
		}
	}
}

func (c *compiler) initStatic(in *fn, k int, d *cc.Declarator, init *cc.Initializer) {
	f := c.init
	old, oldAt, oldOuter := c.global, f.at, f.outer
	f.outer = nil
	if in != f {
		f.outer = in
	}
	c.global = true
	high := c.high
	defer func() { c.global, f.at, f.outer, c.high = old, oldAt, oldOuter, high }()
	s := &c.p.Statics[k]
	s.initialised, s.Const = true, false
	if n := uint64(max(d.Type().Size(), 0)); n > s.Size {
		s.Size = n
	}
	// A flexible array member makes the object as large as its initializer.
	if n := uint64(extent(init, 0)); n > s.Size {
		s.Size = n
	}
	mark := f.next
	r := f.tmp()
	f.at = c.place(d)
	f.emit(OpStatic, r, 0, 0, int64(k))
	f.guard(func() { f.initObject(r, d.Type(), init) })
	if constant(d) {
		f.emit(OpConst, r, 0, 0, -1)
	}
	f.next = mark
}

// extent gives how far an initializer writes.
func extent(in *cc.Initializer, far int64) int64 {
	if in.Case == cc.InitializerInitList {
		for l := in.InitializerList; l != nil; l = l.InitializerList {
			far = max(far, extent(l.Initializer, far))
		}
		return far
	}
	if t := in.Type(); t != nil && t.Size() > 0 {
		return max(far, in.Offset()+t.Size()*in.Len())
	}
	return far
}

func (c *compiler) newStatic(name string, t cc.Type, at mem.Pos) int {
	c.p.Statics = append(c.p.Statics, Static{Name: name, Size: uint64(max(t.Size(), 0)), Align: uint64(max(t.Align(), 1)), Type: t.String(), At: at, Defined: true, Layout: c.declared(t)})
	return len(c.p.Statics) - 1
}

// static gives the number of a static object.
func (c *compiler) static(f *fn, d *cc.Declarator) int {
	if k, ok := c.statics[d]; ok {
		return k
	}
	if d.Linkage() == cc.None {
		f.fail(d, "%s is used outside its function", d.Name())
	}
	n := c.linkName(d)
	if k, ok := c.globals[n]; ok {
		c.p.Statics[k].Thread = c.p.Statics[k].Thread || d.IsThreadLocal()
		return k
	}
	k := c.newStatic(d.Name(), d.Type(), 0)
	c.p.Statics[k].Thread = d.IsThreadLocal()
	c.p.Statics[k].Defined = false
	c.p.Statics[k].Align = uint64(aligned(d.Type(), d))
	c.globals[n] = k
	return k
}

func (c *compiler) staticLocal(f *fn, d *cc.Declarator, init *cc.Initializer) {
	k := c.newStatic(d.Name(), d.Type(), c.place(d))
	c.p.Statics[k].Align = uint64(aligned(d.Type(), d))
	c.statics[d] = k
	c.p.Statics[k].Thread = d.IsThreadLocal()
	if init != nil {
		c.initStatic(f, k, d, init)
	} else if constant(d) {
		c.p.Statics[k].Const = true
	}
}
