package run

import (
	"encoding/binary"
	"fmt"
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

var sizes = [...]uint64{1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 8, 1}

func (vm *VM) sizeOf(t code.T) uint64 {
	if t == code.TPtr {
		return uint64(vm.P.Ptr)
	}
	return sizes[t]
}

// order gives the machine's order of bytes.
func (vm *VM) order() binary.ByteOrder {
	if vm.P.Big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// nullPage is where no system puts an object: what is there was reached from a
// null pointer.
const nullPage = 4096

// Access checks that size bytes at a pointer can be read or written, and gives
// the object and the offset. align 0 asks for none.
func (vm *VM) Access(p mem.Slot, size, align uint64, write bool) (*mem.Object, uint64, bool) {
	what, kind := "read", "out-of-bounds-read"
	if write {
		what, kind = "write", "out-of-bounds-write"
	}
	if p.Obj == 0 {
		if q := vm.M.Recover(p.N); q.Obj != 0 {
			p = q
		} else if p.N < nullPage {
			return nil, 0, vm.Find("null-dereference", nil, 0, "a %s through a null pointer", what)
		} else {
			return nil, 0, vm.Find("wild-pointer", nil, 0, "a %s through a pointer to no object (address %#x)", what, p.N)
		}
	}
	o := vm.M.Objs[p.Obj]
	off := p.N - o.Base
	if o.State != mem.Alive {
		kind = map[mem.State]string{mem.Freed: "use-after-free", mem.OutOfScope: "use-after-scope", mem.Returned: "use-after-return"}[o.State]
		if o.Class == mem.ClassTemp {
			kind = "use-after-temporary"
		}
		return nil, 0, vm.Find(kind, &p, int64(size), "a %s of %s at offset %d of %s that no longer exists", what, count(size), int64(off), describe(o))
	}
	if o.Class == mem.ClassFunc {
		return nil, 0, vm.Find("wild-pointer", &p, int64(size), "a %s of a function as if it were an object", what)
	}
	if off > o.Size || size > o.Size-off {
		return nil, 0, vm.Find(kind, &p, int64(size), "a %s of %s at offset %d of %s, which has %s", what, count(size), int64(off), describe(o), count(o.Size))
	}
	if p.Sub != 0 {
		if s := vm.M.Subs[p.Sub]; off < s.Lo || off+size > s.Hi {
			kind = "sub-object-" + what
			return nil, 0, vm.Find(kind, &p, int64(size), "a %s of %s at offset %d of an array of %s inside %s", what, count(size), int64(off)-int64(s.Lo), count(s.Hi-s.Lo), describe(o))
		}
	}
	if align > 1 && p.N%align != 0 {
		return nil, 0, vm.Find("misaligned-access", &p, int64(size), "a %s of %d bytes at an address that is no multiple of %d", what, size, align)
	}
	if write && o.W == nil && !vm.writable(o, off, size) {
		if o.Guard != nil && !o.Const {
			return nil, 0, vm.Find(o.Guard.Kind, &p, int64(size), "%s", o.Guard.Text)
		}
		if o.Type == LibraryObject {
			return nil, 0, vm.Find("library-result-write", &p, int64(size), "%s, which belongs to the library, is written", o.Name)
		}
		if o.Class == mem.ClassString {
			return nil, 0, vm.Find("string-literal-write", &p, int64(size), "a string literal is written")
		}
		if o.Class == mem.ClassTemp {
			return nil, 0, vm.Find("temporary-write", &p, int64(size), "%s is changed", describe(o))
		}
		return nil, 0, vm.Find("const-write", &p, int64(size), "%s, which is const, is written", describe(o))
	}
	if o.Trace != nil && !vm.reached(o, off, size, write) {
		return nil, 0, false
	}
	if o.Watched && !vm.touched(o, off, size, p, write) {
		return nil, 0, false
	}
	if write && vm.lib != "" && !copies[vm.lib] {
		o.ByBytes(off, size)
	}
	return o, off, true
}

// LibraryObject is the type of objects that the library made for itself.
const LibraryObject = "object of the library"

// writable tells whether an object that is watched may be written here.
func (vm *VM) writable(o *mem.Object, off, size uint64) bool {
	if o.Const || o.Class == mem.ClassString || o.Class == mem.ClassTemp && !o.Vol {
		return false
	}
	return o.Vol || (o.Trace != nil || o.Watched) && o.Guard == nil || o.Guard != nil && (off+size <= o.Guard.Lo || off >= o.Guard.Hi)
}

func describe(o *mem.Object) string {
	if o.Name == "" {
		return className(o)
	}
	switch o.Class {
	case mem.ClassString, mem.ClassTemp:
		return o.Name
	}
	return className(o) + " " + o.Name
}

// count says how many bytes, for people.
func count(bytes uint64) string {
	if bytes == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// be is the verb for so many bytes.
func be(bytes uint64) string {
	if bytes == 1 {
		return "is"
	}
	return "are"
}

// uninit tells of a read of bytes without a value.
func (vm *VM) uninit(p mem.Slot, o *mem.Object, size uint64) bool {
	if off := p.N - o.Base; o.Lost != nil && off < o.Lost.Hi && off+size > o.Lost.Lo {
		return vm.Find(o.Lost.Kind, &p, int64(size), "%s", o.Lost.Text)
	}
	if fr := &vm.frames[len(vm.frames)-1]; vm.lib == "" {
		if to, ok := fr.Func.Copies[fr.pc-1]; ok {
			if o.Class != mem.ClassHeap {
				vm.Find("indeterminate-copy", &p, int64(size), "%s at offset %d of %s %s copied without a value", count(size), int64(p.N-o.Base), describe(o), be(size))
			}
			fr.pc, vm.aside = to, true
			return false
		}
	}
	if o.Class == mem.ClassHeap {
		return vm.Find("uninitialised-heap-read", &p, int64(size), "%s of allocated memory %s read that nobody wrote", count(size), be(size))
	}
	if size < o.Size {
		return vm.Find("uninitialised-read", &p, int64(size), "%s at offset %d of %s %s read without a value", count(size), int64(p.N-o.Base), describe(o), be(size))
	}
	return vm.Find("uninitialised-read", &p, int64(size), "%s is read before it has a value", describe(o))
}

// Load reads a scalar.
func (vm *VM) Load(p mem.Slot, t code.T) (mem.Slot, bool) { return vm.loadAs(p, t, 0) }

// loadAs reads a scalar by an access of the program.
func (vm *VM) loadAs(p mem.Slot, t code.T, access uint16) (mem.Slot, bool) {
	size := vm.sizeOf(t)
	o, off, ok := vm.Access(p, size, vm.alignOf(t), false)
	if !ok {
		return mem.Slot{}, false
	}
	if _, missing := o.FirstMissing(off, size); missing {
		return mem.Slot{}, vm.uninit(p, o, size)
	}
	if !vm.M.Reads(o, off, access) && !vm.clash(o, p, access, "read") {
		return mem.Slot{}, false
	}
	return vm.get(o, off, t), true
}

func (vm *VM) alignOf(t code.T) uint64 {
	if n := vm.sizeOf(t); n < 8 {
		return n
	}
	return vm.align8
}

// loadAny reads a scalar at any address: a member of a packed structure.
func (vm *VM) loadAny(p mem.Slot, t code.T, access uint16) (mem.Slot, bool) {
	size := vm.sizeOf(t)
	o, off, ok := vm.Access(p, size, 0, false)
	if !ok {
		return mem.Slot{}, false
	}
	if _, missing := o.FirstMissing(off, size); missing {
		return mem.Slot{}, vm.uninit(p, o, size)
	}
	if !vm.M.Reads(o, off, access) && !vm.clash(o, p, access, "read") {
		return mem.Slot{}, false
	}
	return vm.get(o, off, t), true
}

func (vm *VM) storeAny(p mem.Slot, t code.T, v mem.Slot, access uint16) bool {
	o, off, ok := vm.Access(p, vm.sizeOf(t), 0, true)
	if !ok || !vm.M.Writes(o, off, access) && !vm.clash(o, p, access, "written") {
		return false
	}
	vm.Put(o, off, t, v)
	return true
}

// get reads a scalar that is there.
func (vm *VM) get(o *mem.Object, off uint64, t code.T) mem.Slot {
	d := o.Data[off:]
	switch t {
	case code.I8:
		return mem.Slot{N: uint64(int64(int8(d[0])))}
	case code.U8, code.TBool:
		return mem.Slot{N: uint64(d[0])}
	case code.I16:
		return mem.Slot{N: uint64(int64(int16(vm.order().Uint16(d))))}
	case code.U16:
		return mem.Slot{N: uint64(vm.order().Uint16(d))}
	case code.I32:
		return mem.Slot{N: uint64(int64(int32(vm.order().Uint32(d))))}
	case code.U32:
		return mem.Slot{N: uint64(vm.order().Uint32(d))}
	case code.F32:
		return mem.Slot{N: math.Float64bits(float64(math.Float32frombits(vm.order().Uint32(d))))}
	case code.TPtr:
		n := uint64(0)
		if vm.P.Ptr == 4 {
			n = uint64(vm.order().Uint32(d))
		} else {
			n = vm.order().Uint64(d)
		}
		return vm.provenance(o, off, n)
	}
	return mem.Slot{N: vm.order().Uint64(d)}
}

// provenance gives a pointer that was read its object: what was stored with
// it, when that still fits, else what its address tells.
func (vm *VM) provenance(o *mem.Object, off, n uint64) mem.Slot {
	if n == 0 {
		return mem.Slot{}
	}
	if w := off / uint64(vm.P.Ptr); o.Prov != nil && off%uint64(vm.P.Ptr) == 0 && w < uint64(len(o.Prov)) {
		if s := o.Prov[w]; s.N == n && s.Obj != 0 {
			return s
		}
	}
	near := &vm.M.Near[mem.NearAt(vm.M.Near, n)]
	if q := vm.M.Objs[*near]; n-q.Base <= q.Size {
		return mem.Slot{N: n, Obj: q.ID}
	}
	if q := vm.M.At(n); q != nil {
		*near = q.ID
		return mem.Slot{N: n, Obj: q.ID}
	}
	return mem.Slot{N: n}
}

// Store writes a scalar.
func (vm *VM) Store(p mem.Slot, t code.T, v mem.Slot) bool { return vm.storeAs(p, t, v, 0) }

// storeAs writes a scalar by an access of the program.
func (vm *VM) storeAs(p mem.Slot, t code.T, v mem.Slot, access uint16) bool {
	o, off, ok := vm.Access(p, vm.sizeOf(t), vm.alignOf(t), true)
	if !ok || !vm.M.Writes(o, off, access) && !vm.clash(o, p, access, "written") {
		return false
	}
	vm.Put(o, off, t, v)
	return true
}

// Put writes a scalar that has its place.
func (vm *VM) Put(o *mem.Object, off uint64, t code.T, v mem.Slot) {
	d := o.Data[off:]
	switch vm.sizeOf(t) {
	case 1:
		d[0] = byte(v.N)
	case 2:
		vm.order().PutUint16(d, uint16(v.N))
	case 4:
		n := uint32(v.N)
		if t == code.F32 {
			n = math.Float32bits(float32(math.Float64frombits(v.N)))
		}
		vm.order().PutUint32(d, n)
	default:
		vm.order().PutUint64(d, v.N)
	}
	if o.Init != nil {
		o.SetInit(off, vm.sizeOf(t))
	}
	if t == code.TPtr {
		vm.keep(o, off, v)
	}
}

// keep remembers the provenance of a pointer that is stored.
func (vm *VM) keep(o *mem.Object, off uint64, v mem.Slot) {
	vm.M.Objs[v.Obj].Kept = true
	vm.M.Near[mem.NearAt(vm.M.Near, v.N)] = v.Obj
	w := off / uint64(vm.P.Ptr)
	if off%uint64(vm.P.Ptr) != 0 {
		vm.untracked(v)
		return
	}
	vm.escapes(v)
	if o.Prov == nil {
		if o := vm.M.Objs[v.Obj]; v.Sub == 0 && v.N-o.Base <= o.Size {
			return // its address tells enough
		}
		o.Prov = make([]mem.Slot, len(o.Data)/vm.P.Ptr+1)
	}
	o.Prov[w] = v
}

// loadPart is the load when an object is not yet all written or the pointer
// has bounds of a sub-object.
func (vm *VM) loadPart(in *code.Instr, r *[window]mem.Slot, t code.T) bool {
	p := r[in.B]
	p.N += uint64(in.K)
	v, ok := vm.loadAs(p, t, in.C)
	if ok {
		r[in.A] = v
	}
	return ok
}

func (vm *VM) storePart(in *code.Instr, r *[window]mem.Slot, t code.T) bool {
	p := r[in.B]
	p.N += uint64(in.K)
	return vm.storeAs(p, t, r[in.A], in.C)
}

// element computes the address of an element.
func (vm *VM) element(in *code.Instr, r *[window]mem.Slot, what string, scale int64) (mem.Slot, bool) {
	p := r[in.B]
	i := int64(r[in.C].N)
	bound := in.K >> 32
	if bound > 0 && uint64(i) >= uint64(bound) && vm.M.Objs[p.Obj].State == mem.Alive {
		kind := "sub-object-" + what
		q := p
		q.N += uint64(i * scale)
		if o := vm.M.Objs[p.Obj]; q.N < o.Base || q.N >= o.Base+o.Size {
			kind = "out-of-bounds-" + what
		}
		return p, vm.Find(kind, &q, scale, "index %d of an array of %d elements", i, bound)
	}
	p.N += uint64(i * scale)
	return p, true
}

func (vm *VM) loadx(in *code.Instr, r *[window]mem.Slot, t code.T) bool {
	p, ok := vm.element(in, r, "read", in.K&0xffff)
	if !ok {
		return false
	}
	v, ok := vm.loadAs(p, t, uint16(in.K>>16)&(accesses-1))
	if ok {
		r[in.A] = v
	}
	return ok
}

func (vm *VM) storex(in *code.Instr, r *[window]mem.Slot, t code.T) bool {
	p, ok := vm.element(in, r, "write", in.K&0xffff)
	return ok && vm.storeAs(p, t, r[in.A], uint16(in.K>>16)&(accesses-1))
}

// Copy copies an object's value of n bytes.
func (vm *VM) Copy(dst, src mem.Slot, n uint64) bool { return vm.copyAs(dst, src, n, 0) }

// copyAs copies an object's value by an access of the program.
func (vm *VM) copyAs(dst, src mem.Slot, n uint64, access uint16) bool {
	if n == 0 {
		return true
	}
	so, soff, ok := vm.Access(src, n, 0, false)
	if !ok {
		return false
	}
	do, doff, ok := vm.Access(dst, n, 0, true)
	if !ok {
		return false
	}
	if so == do && soff != doff && soff < doff+n && doff < soff+n {
		if !vm.Find("overlapping-assignment", &dst, int64(n), "an object is assigned to one that overlaps with it") {
			return false
		}
	}
	if !vm.M.Reads(so, soff, access) && !vm.clash(so, src, access, "read") {
		return false
	}
	mem.Copy(do, doff, so, soff, n, uint64(vm.P.Ptr))
	if !vm.M.Writes(do, doff, access) && !vm.clash(do, dst, access, "written") {
		return false
	}
	if so.Prov == nil && do.Prov != nil {
		// what do remembered may be stale; it is compared when it is read
		return true
	}
	return true
}

// Zero writes n zero bytes.
func (vm *VM) Zero(dst mem.Slot, n uint64) bool {
	if n == 0 {
		return true
	}
	o, off, ok := vm.Access(dst, n, 0, true)
	if !ok {
		return false
	}
	clear(o.Data[off : off+n])
	if off == 0 && n == o.Size {
		o.SetAll()
	} else {
		o.SetInit(off, n)
	}
	return true
}

// copyByte copies a character that may have no value.
func (vm *VM) copyByte(dst, src mem.Slot) bool {
	s, d := vm.M.Objs[src.Obj], vm.M.Objs[dst.Obj]
	so, do := src.N-s.Base, dst.N-d.Base
	if s.Fast && d.Fast && d.Plain && so < uint64(len(s.Data)) && do < uint64(len(d.W)) &&
		(src.Sub == 0 || inside(vm.M.Subs[src.Sub], so, 1)) && (dst.Sub == 0 || inside(vm.M.Subs[dst.Sub], do, 1)) {
		d.W[do] = s.Data[so]
		return true
	}
	return vm.copyByteSlow(dst, src)
}

func (vm *VM) copyByteSlow(dst, src mem.Slot) bool {
	so, soff, ok := vm.Access(src, 1, 0, false)
	if !ok {
		return false
	}
	do, doff, ok := vm.Access(dst, 1, 0, true)
	if ok {
		mem.Copy(do, doff, so, soff, 1, uint64(vm.P.Ptr))
	}
	return ok
}

func inside(s mem.Sub, off, n uint64) bool { return off >= s.Lo && off+n <= s.Hi }
