package mem

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// Layouts and accesses of the tests have the same numbers.
const (
	lChar = iota + 1
	lInt
	lFloat
	lDouble
	lVolatile
	lPair
	lUnion
	lArray
)

func testTypes() *Types {
	ts := &Types{Layouts: []Layout{{},
		{Name: "char", Size: 1, Tag: TagChar}, {Name: "int", Size: 4, Tag: TagInt}, {Name: "float", Size: 4, Tag: TagFloat},
		{Name: "double", Size: 8, Tag: TagDouble}, {Name: "int", Size: 4, Tag: TagInt, Volatile: true},
		{Name: "struct pair", Size: 16, Members: []Member{{0, lInt}, {8, lDouble}}},
		{Name: "union", Size: 8, Union: true, Members: []Member{{0, lInt}, {0, lDouble}}},
		{Name: "array", Size: 12, Elem: lInt, N: 3},
	}}
	for i := range ts.Layouts {
		l := ts.Layouts[i]
		ts.Accesses = append(ts.Accesses, Access{Base: uint16(i), Tag: l.Tag, Size: l.Size, Volatile: l.Volatile, Name: l.Name})
	}
	return ts
}

func newTyped(limit uint64) *Memory {
	m := New(limit, 8)
	m.Types = testTypes()
	return m
}

func TestObjectsLiveAndEnd(t *testing.T) {
	t.Parallel()
	m := New(1<<20, 8)
	a, b := m.Alloc(10, 1, ClassHeap), m.Alloc(0, 64, ClassAuto)
	if a.Base%16 != 0 || b.Base%64 != 0 || b.Base < a.Base+a.Size+1 {
		t.Fatalf("addresses %#x and %#x", a.Base, b.Base)
	}
	for _, addr := range []uint64{a.Base, a.Base + 9, a.Base + 10} {
		if m.At(addr) != a {
			t.Errorf("%#x is not found in its object", addr)
		}
	}
	if m.At(a.Base+11) != nil || m.At(0) != nil || m.At(a.Base-1) != nil {
		t.Error("an address between objects has one")
	}
	used := m.Used
	m.End(a, Freed, 7)
	if m.At(a.Base) != a || a.State != Freed || a.Data != nil || a.Ended != 7 || m.Used != used-10 {
		t.Errorf("after its end: %+v", a)
	}
	if c := m.Alloc(10, 1, ClassHeap); c.Base <= b.Base {
		t.Error("an address is handed out again")
	}
	if m.Alloc(1<<21, 1, ClassHeap) != nil {
		t.Error("more than the limit")
	}
	if p := m.Recover(b.Base); p.Obj != 0 {
		t.Errorf("an address that was guessed has an object: %+v", p)
	}
	b.Kept = true
	if p := m.Recover(b.Base); p.Obj != b.ID {
		t.Errorf("an address is made a pointer without its object: %+v", p)
	}
}

func TestBoundsAreShared(t *testing.T) {
	t.Parallel()
	m := New(1<<20, 8)
	a, b, c := m.SubFor(0, 4, 0), m.SubFor(4, 8, 0), m.SubFor(0, 4, 1)
	if a == b || a == c || a == 0 || m.SubFor(0, 4, 0) != a || m.Subs[c] != (Sub{0, 4, 1}) {
		t.Errorf("%d %d %d", a, b, c)
	}
}

// TestCopyKeepsShadows: a copy has the bytes, what has a value and the pointers.
func TestCopyKeepsShadows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := New(1<<20, 8)
		src, dst := m.Alloc(64, 16, ClassHeap), m.Alloc(64, 16, ClassHeap)
		for _, o := range []*Object{src, dst} {
			for i := range o.Data {
				o.Data[i] = byte(rapid.IntRange(0, 255).Draw(t, "byte"))
				if rapid.Bool().Draw(t, "has") {
					o.SetInit(uint64(i), 1)
				}
			}
			o.Prov = make([]Slot, 8)
			for i := range o.Prov {
				o.Prov[i] = Slot{N: uint64(i + 1), Obj: o.ID}
			}
		}
		so, do := uint64(rapid.IntRange(0, 63).Draw(t, "so")), uint64(rapid.IntRange(0, 63).Draw(t, "do"))
		n := uint64(rapid.IntRange(0, int(64-max(so, do))).Draw(t, "n"))
		was := append([]byte(nil), dst.Data...)
		had := make([]bool, 64)
		for i := range had {
			_, missing := dst.FirstMissing(uint64(i), 1)
			had[i] = !missing
		}
		Copy(dst, do, src, so, n, 8)
		missing := 0
		for i := range uint64(64) {
			in := i >= do && i < do+n
			_, none := dst.FirstMissing(i, 1)
			want, has := was[i], had[i]
			if in {
				_, none := src.FirstMissing(i-do+so, 1)
				want, has = src.Data[i-do+so], !none
			}
			if dst.Data[i] != want || none == has {
				t.Fatalf("byte %d: %d, has a value: %v; want %d, %v", i, dst.Data[i], !none, want, has)
			}
			if none {
				missing++
			}
		}
		if dst.Missing != missing || dst.Fast != (missing == 0) || (dst.Init == nil) != (missing == 0) {
			t.Fatalf("%d bytes are missing, and %d are counted", missing, dst.Missing)
		}
		if (do-so)%8 == 0 && n >= 16 {
			w := (so + 7) / 8
			if dst.Prov[(w*8+do-so)/8] != src.Prov[w] {
				t.Fatal("a pointer lost its object")
			}
		}
	})
}

func TestDeclaredTypes(t *testing.T) {
	t.Parallel()
	m := newTyped(1 << 20)
	object := func(size uint64, layout uint16) *Object {
		o := m.Alloc(size, 16, ClassStatic)
		o.SetAll()
		o.Declare(layout)
		return o
	}
	num, pair, pairs, un, vol, chars := object(4, lInt), object(16, lPair), object(48, lPair), object(8, lUnion), object(4, lVolatile), object(16, lChar)
	for _, c := range []struct {
		what   string
		o      *Object
		off    uint64
		access uint16
		ok     bool
	}{
		{"int as int", num, 0, lInt, true}, {"int as float", num, 0, lFloat, false}, {"int as char", num, 3, lChar, true},
		{"int as volatile int", num, 0, lVolatile, true}, {"volatile int as int", vol, 0, lInt, false},
		{"member", pair, 8, lDouble, true}, {"member as another", pair, 8, lInt, false}, {"inside a member", pair, 12, lInt, false},
		{"padding", pair, 4, lFloat, true}, {"a member of the last of three", pairs, 40, lDouble, true}, {"another there", pairs, 40, lFloat, false},
		{"union as one", un, 0, lInt, true}, {"union as the other", un, 0, lDouble, true}, {"union as none", un, 0, lFloat, false},
		{"all of a structure", pairs, 16, lPair, true}, {"characters as int", chars, 4, lInt, false}, {"a structure as an array", pair, 0, lArray, false},
		{"not asked", num, 0, 0, true},
	} {
		if got := m.Reads(c.o, c.off, c.access); got != c.ok {
			t.Errorf("read of %s: %v", c.what, got)
		}
		if got := m.Writes(c.o, c.off, c.access); got != c.ok {
			t.Errorf("write of %s: %v", c.what, got)
		}
	}
	if name, vol := m.Clash(num, 0, lFloat); name != "int" || vol {
		t.Errorf("the clash is with %q, volatile: %v", name, vol)
	}
	if _, v := m.Clash(vol, 0, lInt); !v {
		t.Error("an access that does not know that its object is volatile")
	}
	m.Loose = true
	if !m.Reads(num, 0, lFloat) {
		t.Error("a clash is told though programs do not rely on types")
	}
}

// TestTypesByStore compares an object without a declared type with a list of
// what was stored in it.
func TestTypesByStore(t *testing.T) {
	t.Parallel()
	type stored struct {
		off, size uint64
		tag       Tag
	}
	rapid.Check(t, func(t *rapid.T) {
		m := newTyped(1 << 20)
		objs := []*Object{m.Alloc(32, 16, ClassHeap), m.Alloc(32, 16, ClassHeap)}
		lists := make([][]stored, 2)
		for _, o := range objs {
			o.ByStore(false)
		}
		// written forgets what a range of bytes meets.
		written := func(k int, off, size uint64) {
			var left []stored
			for _, s := range lists[k] {
				if s.off >= off+size || off >= s.off+s.size {
					left = append(left, s)
				}
			}
			lists[k] = left
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			k := rapid.IntRange(0, 1).Draw(t, "object")
			o := objs[k]
			access := uint16(rapid.IntRange(lChar, lDouble).Draw(t, "access"))
			a := m.Types.Accesses[access]
			off := uint64(rapid.IntRange(0, int(32/a.Size)-1).Draw(t, "index")) * a.Size
			switch rapid.IntRange(0, 2).Draw(t, "do") {
			case 0:
				if !m.Writes(o, off, access) {
					t.Fatal("a store in allocated memory is refused")
				}
				copy(o.Data[off:], bytes.Repeat([]byte{7}, int(a.Size)))
				o.SetInit(off, a.Size)
				written(k, off, a.Size)
				if a.Tag != TagChar {
					lists[k] = append(lists[k], stored{off, a.Size, a.Tag})
				}
			case 1: // a copy of words
				so, do := uint64(rapid.IntRange(0, 3).Draw(t, "so"))*8, uint64(rapid.IntRange(0, 3).Draw(t, "do"))*8
				Copy(objs[1-k], do, o, so, 8, 8)
				written(1-k, do, 8)
				for _, s := range lists[k] {
					if s.off >= so && s.off+s.size <= so+8 {
						lists[1-k] = append(lists[1-k], stored{s.off - so + do, s.size, s.tag})
					}
				}
			default:
				if _, missing := o.FirstMissing(off, a.Size); missing {
					continue
				}
				ok := true
				for _, s := range lists[k] {
					if s.off < off+a.Size && off < s.off+s.size && (s.tag != a.Tag || s.off != off) && a.Tag != TagChar {
						ok = false
					}
				}
				if got := m.Reads(o, off, access); got != ok {
					t.Fatalf("a read of %s at %d is in order: %v; stored: %v", a.Name, off, got, lists[k])
				}
			}
		}
	})
}

// TestZeroedMemory: bytes that calloc made are nobody's.
func TestZeroedMemory(t *testing.T) {
	t.Parallel()
	m := newTyped(1 << 20)
	o := m.Alloc(32, 16, ClassHeap)
	o.SetAll()
	o.ByStore(true)
	m.Writes(o, 0, lInt)
	o.Data[0] = 1
	if !m.Reads(o, 8, lDouble) {
		t.Error("zero bytes that nobody stored have a type")
	}
	if m.Reads(o, 0, lFloat) {
		t.Error("an int that was stored is read as a float")
	}
	o.ByBytes(0, 32)
	if !m.Reads(o, 0, lFloat) {
		t.Error("bytes have a type")
	}
}

// TestSeveralStructures: where they stand is not known, and nothing is told.
func TestSeveralStructures(t *testing.T) {
	t.Parallel()
	m := newTyped(1 << 20)
	o := m.Alloc(48, 16, ClassHeap)
	o.SetAll()
	o.ByStore(false)
	if !m.Writes(o, 24, lPair) || !m.Reads(o, 24, lFloat) || !m.Writes(o, 0, lChar) {
		t.Error("something is told")
	}
	one := m.Alloc(16, 16, ClassHeap)
	one.SetAll()
	one.ByStore(false)
	if m.Writes(one, 0, lPair); m.Reads(one, 0, lFloat) {
		t.Error("a member of one structure is read as another type")
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	m := New(1<<20, 8)
	o := m.Alloc(8, 8, ClassStatic)
	o.SetAll()
	o.Watched = true
	o.Watch()
	if o.Fast || o.W != nil || !o.Slow() {
		t.Error("a watched object is on the fast path")
	}
	if o.Unwatch(false); o.Fast {
		t.Error("another watch ended this one")
	}
	if o.Watched = false; true {
		o.Unwatch(false)
	}
	if !o.Fast || o.W == nil {
		t.Error("an object is watched still")
	}
}
