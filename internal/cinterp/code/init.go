package code

import (
	"encoding/binary"

	"modernc.org/cc/v4"
)

// initObject initializes the object that r points to.
func (f *fn) initObject(r uint16, t cc.Type, init *cc.Initializer) {
	mark := f.next
	defer func() { f.next = mark }()
	if init.Case == cc.InitializerExpr {
		f.unsequenced(init.AssignmentExpression)
		f.initLeaf(r, t, 0, init)
		return
	}
	f.initList(r, t, init.InitializerList)
}

// initList zeroes the object and stores what the list says.
func (f *fn) initList(r uint16, t cc.Type, l *cc.InitializerList) {
	if t.Size() > 0 {
		f.emit(OpZero, r, 0, 0, t.Size())
	}
	f.initItems(r, l)
}

func (f *fn) initItems(r uint16, l *cc.InitializerList) {
	if items, ok := f.itemsBackwards(l); ok {
		for _, in := range items {
			mark := f.next
			f.initLeaf(r, in.Type(), in.Offset(), in)
			f.next = mark
		}
		return
	}
	for ; l != nil; l = l.InitializerList {
		in := l.Initializer
		if in.Case == cc.InitializerInitList {
			if in.InitializerList != nil && in.Len() > 1 {
				f.fail(in, "a range of elements with a list is not supported")
			}
			f.initItems(r, in.InitializerList)
			continue
		}
		mark := f.next
		n := in.Len()
		for i := int64(0); i < n; i++ {
			f.initLeaf(r, in.Type(), in.Offset()+i*in.Type().Size(), in)
		}
		f.next = mark
	}
}

// initLeaf stores one initializer at an offset.
func (f *fn) initLeaf(r uint16, t cc.Type, off int64, in *cc.Initializer) {
	e := in.AssignmentExpression
	f.at = f.c.place(e)
	if a, ok := t.(*cc.ArrayType); ok {
		f.initArray(r, a, off, e)
		return
	}
	l := lval{base: r, off: off, ct: t, packed: off%int64(max(t.Align(), 1)) != 0}
	if fd := in.Field(); fd != nil && fd.IsBitfield() {
		l.bits = fd
	}
	v := f.expr(e, -1)
	f.used(v, e)
	f.aligned(v, e.Type(), t)
	f.store(l, v, e)
}

func (f *fn) initArray(r uint16, a *cc.ArrayType, off int64, e cc.ExpressionNode) {
	p, ok := strip(e).(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionString && p.Case != cc.PrimaryExpressionLString {
		src, ok := arrayOf(e.Type())
		if !ok || src.Size() < 0 {
			f.fail(e, "this initializer of an array is not supported")
		}
		l := f.flat(lval{base: r, off: off, ct: a})
		s := f.flat(f.lval(e))
		f.emit(OpCopy, l.base, s.base, 0, min(src.Size(), a.Size()))
		return
	}
	b := f.c.stringBytes(f, p)
	if int64(len(b)) > a.Size() {
		b = b[:a.Size()]
	}
	if off > 0 {
		t := f.tmp()
		f.emit(OpMember, t, r, 0, off)
		r = t
	}
	f.emit(OpZero, r, 0, 0, a.Size())
	if len(b) > 0 {
		s := f.tmp()
		f.emit(OpStatic, s, 0, 0, int64(f.c.internString(b)))
		f.emit(OpCopy, r, s, 0, int64(len(b)))
	}
}

// stringBytes gives the bytes of a string literal, with its final null.
func (c *compiler) stringBytes(f *fn, p *cc.PrimaryExpression) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if c.p.Big {
		order = binary.BigEndian
	}
	var b []byte
	size := int64(1)
	if a, ok := arrayOf(p.Type()); ok {
		size = a.Elem().Size()
	}
	put := func(n uint32) {
		switch size {
		case 1:
			b = append(b, byte(n))
		case 2:
			b = order.AppendUint16(b, uint16(n))
		default:
			b = order.AppendUint32(b, n)
		}
	}
	switch v := p.Value().(type) {
	case cc.StringValue:
		if size == 1 {
			return []byte(v)
		}
		for _, r := range string(v) {
			put(uint32(r))
		}
	case cc.UTF16StringValue:
		for _, r := range v {
			put(uint32(r))
		}
	case cc.UTF32StringValue:
		for _, r := range v {
			put(uint32(r))
		}
	default:
		f.fail(p, "this string is not supported")
	}
	return b
}

// itemsBackwards gives the items of a list from the last to the first, when
// their order is open (C17 6.7.9p23), chosen so, and each has a place of its own.
func (f *fn) itemsBackwards(l *cc.InitializerList) ([]*cc.Initializer, bool) {
	if f.c.orders == nil || f.c.global || l == nil {
		return nil, false
	}
	var items []*cc.Initializer
	var parts []cc.ExpressionNode
	for x := l; x != nil; x = x.InitializerList {
		in := x.Initializer
		if in.Case != cc.InitializerExpr || in.Len() != 1 || len(items) > 0 && items[0].Offset() >= in.Offset() {
			return nil, false
		}
		items = append([]*cc.Initializer{in}, items...)
		parts = append(parts, in.AssignmentExpression)
	}
	return items, f.backwards(l, parts...)
}
