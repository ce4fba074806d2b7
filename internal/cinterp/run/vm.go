package run

import (
	"context"
	"fmt"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/ub"
)

// Limits bound a run. Steps are jumps and calls.
type Limits struct {
	Steps  int64
	Memory uint64 // bytes
	Depth  int    // calls in calls
	Output int    // bytes written
}

// window is how many registers an instruction can name.
const window = 65536

// End says how a run ended.
type End uint8

// The ends of a run.
const (
	Finished  End = iota // the program ended
	Undefined            // undefined behaviour
	CannotSay            // a limit, or something that is not supported
)

// Frame is a call on the stack.
type Frame struct {
	Func     *code.Func
	pc       int
	base     int
	dst      uint16
	site     *code.Site
	objs     []*mem.Object
	va       *VarArgs
	extra    []*mem.Object // from alloca and arrays of variable length
	serial   uint64
	promises []*promise      // of restrict pointers
	open     map[uint64]bool // va_lists that va_start made and va_end has not ended
}

// VarArgs are the arguments of a call behind the parameters.
type VarArgs struct {
	Obj     *mem.Object
	Args    []code.Arg
	Offsets []uint64
}

// Stack is one line of where the program was.
type Stack struct {
	Func string
	At   mem.Pos
}

// Finding is what went wrong.
type Finding struct {
	Kind  *ub.Kind
	Name  string
	Text  string
	At    mem.Pos
	Stack []Stack
	Obj   *ObjectFacts
	CWE   int
	Also  []int     // weaknesses that are true as well
	Where []mem.Pos // where the other side of a race is

	Allowed bool // the user allows it
}

// ObjectFacts is what a report tells about an object.
type ObjectFacts struct {
	What   string
	Name   string
	Type   string
	Size   uint64
	Offset int64
	Made   mem.Pos
	Ended  mem.Pos
	State  mem.State
	Class  mem.Class
}

// Call is a call of a library function.
type Call struct {
	VM   *VM
	Name string
	Args []mem.Slot
	Site *code.Site
	Pos  mem.Pos
}

// LibFunc is a library function: the result, and false when the run is over
// or goes on elsewhere.
type LibFunc func(c *Call) (mem.Slot, bool)

// VM is a run of a program.
type VM struct {
	P        *code.Program
	M        *mem.Memory
	Out      Output
	Lib      map[string]LibFunc
	State    any // of the library
	Limits   Limits
	Strict   bool
	Allow    map[string]bool // kinds that are noted, and the run goes on
	Status   int
	End      End
	Why      string
	WhyAt    mem.Pos
	Found    *Finding
	Notes    []Finding
	Steps    int64
	left     int // jumps until the next tick, between loops
	ctx      context.Context
	stack    []mem.Slot
	used     int // registers of the stack that may have been used
	frames   []Frame
	statics  []mem.Slot
	funcs    []mem.Slot
	libs     []LibFunc
	vas      map[uint32]*VarArgs
	passed   map[uint64]uint64 // who read from a va_list, by its address
	jumps    map[uint64]*jump
	jumpAt   map[[3]uint64]uint64 // the same by the call and the place in it
	jumpsMax int                  // when to look which calls returned
	serial   uint64
	pending  *jump
	aside    bool // the innermost call goes on at another place
	over     bool
	lib      string  // the library function that runs
	Seen     ub.Seen // of what is found next
	exiting  bool
	noted    map[string]bool
	cache    map[*mem.Pos]uint32
	pool     [][][]*mem.Object // of calls that returned, by function
	calls    []*Call           // of library functions in one another, used again
	inLib    int               // how many of them are used
	align8   uint64
	wide     bool // pointers have 8 bytes, in our order
	subLo    []uint64
	threads  *Threads
	first    map[int][]byte // see keepFirst
	returned mem.Pos        // where the last call that ended was left
	also     []mem.Pos      // the other places of the next finding
	Choose   Chooser        // of who goes on; nil: Rotating
	Record   bool           // fill Turns
	Turns    []Turn
	Reached  []bool // places of code.Orders, by number
	// AtThreadEnd is called by a thread before it ends; false: the run is over.
	AtThreadEnd func(t *Thread) bool

	bases    [accesses]uint16 // the layout that each access begins at
	tags     []basis          // of pointers based on restrict pointers
	freeTags map[*code.Restrict][]uint32
	watching map[uint32][]*watched // by object
}

// Output takes what a program writes.
type Output interface {
	Write(fd int, p []byte) bool
}

// bare makes a run without memory.
func bare(ctx context.Context, p *code.Program, lib map[string]LibFunc, l Limits) *VM {
	vm := &VM{P: p, Lib: lib, Limits: l, ctx: ctx, vas: map[uint32]*VarArgs{}, jumps: map[uint64]*jump{}, jumpAt: map[[3]uint64]uint64{},
		noted: map[string]bool{}, pool: make([][][]*mem.Object, len(p.Funcs)+1), align8: 8, wide: p.Ptr == 8 && !p.Big}
	if p.Ptr == 4 {
		vm.align8 = 4
	}
	if p.Types != nil {
		for i, a := range p.Types.Accesses {
			vm.bases[i] = a.Base
		}
	}
	return vm
}

// New prepares a run. The error is about memory.
func New(ctx context.Context, p *code.Program, lib map[string]LibFunc, l Limits) (*VM, error) {
	vm := bare(ctx, p, lib, l)
	vm.M = mem.New(l.Memory, p.Ptr)
	vm.M.Big, vm.M.Types, vm.M.Loose = p.Big, p.Types, p.Loose
	vm.stack = make([]mem.Slot, 2*window)
	for i, f := range p.Funcs {
		o := vm.M.Alloc(1, 16, mem.ClassFunc)
		if o == nil {
			return nil, fmt.Errorf("the limit of memory is too small for the program")
		}
		o.Name, o.Made, o.Func = f.Name, f.Place, int32(i)
		o.Data, o.W = nil, nil
		vm.funcs = append(vm.funcs, mem.Slot{N: o.Base, Obj: o.ID})
		vm.libs = append(vm.libs, nil)
		if f.Code == nil {
			vm.libs[i] = find(lib, f.Lib)
		}
	}
	for _, s := range p.Statics {
		o := vm.M.Alloc(s.Size, s.Align, mem.ClassStatic)
		if o == nil {
			return nil, fmt.Errorf("the limit of memory is too small for the program's objects")
		}
		o.Name, o.Type, o.Made = s.Name, s.Type, s.At
		o.SetAll()
		o.Declare(s.Layout)
		if s.IsStr {
			o.Class, o.Fit = mem.ClassString, mem.LayoutChar
			copy(o.Data, s.Str)
		}
		if s.Const {
			o.Freeze()
		}
		vm.statics = append(vm.statics, mem.Slot{N: o.Base, Obj: o.ID})
	}
	return vm, nil
}

// find looks a library function up; a builtin is the function of its name.
func find(lib map[string]LibFunc, name string) LibFunc {
	if f := lib[name]; f != nil {
		return f
	}
	if rest, ok := cutBuiltin(name); ok {
		return lib[rest]
	}
	return nil
}

func cutBuiltin(name string) (string, bool) {
	const p = "__builtin_"
	if len(name) > len(p) && name[:len(p)] == p {
		return name[len(p):], true
	}
	return name, false
}

// Static gives the pointer to a static object by name, if the program has it.
func (vm *VM) StaticNamed(name string) (mem.Slot, bool) {
	for i, s := range vm.P.Statics {
		if s.Name == name && !s.IsStr {
			return vm.statics[i], true
		}
	}
	return mem.Slot{}, false
}

// here gives the place that is executed.
func (vm *VM) here() mem.Pos {
	if len(vm.frames) == 0 {
		return 0
	}
	f := &vm.frames[len(vm.frames)-1]
	if f.pc > 0 && f.pc <= len(f.Func.At) {
		return f.Func.At[f.pc-1]
	}
	return f.Func.Place
}

// Stack gives the calls, the innermost first.
func (vm *VM) Stack() []Stack {
	var s []Stack
	for i := len(vm.frames) - 1; i >= 0 && len(s) < 64; i-- {
		f := &vm.frames[i]
		at := f.Func.Place
		if f.pc > 0 && f.pc <= len(f.Func.At) {
			at = f.Func.At[f.pc-1]
		}
		if f.Func != vm.P.Init {
			s = append(s, Stack{f.Func.Name, at})
		}
	}
	return s
}

// Cannot ends the run without a verdict; always false.
func (vm *VM) Cannot(format string, args ...any) bool {
	if !vm.over {
		vm.over, vm.End, vm.Why, vm.WhyAt = true, CannotSay, fmt.Sprintf(format, args...), vm.here()
	}
	return false
}

// Exit ends the program; always false.
func (vm *VM) Exit(status int) bool {
	vm.over, vm.exiting, vm.End, vm.Status = true, true, Finished, status
	return false
}

// Run executes the initializers and main.
func (vm *VM) Run(argv []mem.Slot) {
	defer vm.Reap()
	vm.guarded(func() bool {
		vm.run(argv)
		return true
	})
}

func (vm *VM) run(argv []mem.Slot) {
	if !vm.initialise() {
		return
	}
	vm.keepFirst()
	if vm.P.Main < 0 {
		vm.Cannot("there is no function main in the files given")
		return
	}
	main := vm.P.Funcs[vm.P.Main]
	n := len(main.Params)
	if n > len(argv) {
		vm.Cannot("main has %d parameters", n)
		return
	}
	r, ok := vm.CallFunc(vm.P.Main, argv[:n])
	if !ok && !vm.over && vm.threads != nil && vm.threads.Now.Leaving {
		r, ok = mem.Slot{}, vm.mainLeft()
	}
	if ok {
		// C17 5.1.2.2.3p1: as if by a call of exit.
		if exit := vm.Lib["exit"]; exit != nil {
			exit(&Call{VM: vm, Name: "exit", Args: []mem.Slot{r}, Site: &code.Site{}})
			return
		}
		vm.Exit(int(int32(r.N)))
	}
}

// initialise gives the objects with static storage duration their values.
func (vm *VM) initialise() bool { return vm.enter(vm.P.Init, nil, nil, 0) && vm.loop(0) }

// CallFunc calls a function of the program from outside the loop.
func (vm *VM) CallFunc(i int, args []mem.Slot) (mem.Slot, bool) {
	lib := vm.lib
	vm.lib = ""
	v, ok := vm.callFunc(i, args)
	vm.lib = lib
	return v, ok
}

func (vm *VM) callFunc(i int, args []mem.Slot) (mem.Slot, bool) {
	f := vm.P.Funcs[i]
	if f.Code == nil {
		if vm.libs[i] == nil {
			return mem.Slot{}, vm.Cannot("%s is not a function that is supported", f.Name)
		}
		return vm.libs[i](&Call{VM: vm, Name: f.Name, Args: args, Site: &code.Site{}, Pos: vm.here()})
	}
	base := vm.top()
	if !vm.grow(base) {
		return mem.Slot{}, false
	}
	copy(vm.stack[base+1:], args)
	depth := len(vm.frames)
	if !vm.enter(f, nil, nil, base+1) {
		return mem.Slot{}, false
	}
	vm.frames[depth].dst = 0
	if !vm.loop(depth) {
		return mem.Slot{}, false
	}
	return vm.stack[base], true
}

// CallPointer calls the function a pointer points to.
func (vm *VM) CallPointer(p mem.Slot, args []mem.Slot) (mem.Slot, bool) {
	o := vm.M.Objs[p.Obj]
	if o.Class != mem.ClassFunc || o.Base != p.N {
		return mem.Slot{}, vm.Find("invalid-call", &p, 0, "a call through a pointer that points to no function")
	}
	return vm.CallFunc(int(o.Func), args)
}

// top gives the first register that is free.
func (vm *VM) top() int {
	if len(vm.frames) == 0 {
		return 0
	}
	f := &vm.frames[len(vm.frames)-1]
	return f.base + f.Func.Regs + 64
}

// grow makes room for a window at base.
func (vm *VM) grow(base int) bool {
	if base+window > len(vm.stack) {
		n := max(2*len(vm.stack), base+2*window)
		if uint64(n)*16 > max(vm.Limits.Memory, 64<<20) {
			return vm.Find("stack-exhausted", nil, 0, "calls are nested too deep: there is no more stack")
		}
		s := make([]mem.Slot, n)
		copy(s, vm.stack)
		vm.stack = s
	}
	if base > vm.used {
		vm.used = min(base+base/2, len(vm.stack)-window)
	}
	return true
}
