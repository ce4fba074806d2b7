package code

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/mem"
)

// Place is a place in the source, with the node it shows.
type Place struct {
	File      string
	Line, Col int
	Node      cc.Node
}

// Local is an object of a function that lives in memory.
type Local struct {
	Reg   uint16
	Size  uint64
	Align uint64
	Name  string
	Type  string
	At    mem.Pos
	Const bool
	Param bool
	Temp  bool
	Plain bool        // a scalar that a compiler may keep in a register
	Pads  [][2]uint64 // padding, which a reader of bytes may see

	Layout uint16 // of Program.Types
}

// Func is a compiled function.
type Func struct {
	Name     string
	Code     []Instr
	At       []mem.Pos // by instruction
	Regs     int
	Params   []T // as the definition has them; TAgg: a pointer to a copy
	Hidden   bool
	Variadic bool
	OldStyle bool
	Result   T
	Type     cc.Type
	Locals   []Local
	Place    mem.Pos
	Switches []Switch

	Restricts []Restrict

	Vars     map[uint16]Var
	Copies   map[int]int // where a load goes on whose memory has no value, see copies.go
	Noreturn bool
	Promised []StaticParam
	Lib      string // not empty: the library's
	Least    int    // arguments that the library's function must be given, as it is declared
	Inlined  []Inlined
	Index    int // in Program.Funcs; the initializers come behind the last
}

// Var is a variable that lives in a register.
type Var struct {
	Name string
	At   mem.Pos
}

// Switch is a jump table; Default is a code index.
type Switch struct {
	Lo      int64
	Dense   []int32 // by value-Lo; 0: default
	Sparse  map[int64]int32
	Ranges  [][3]int64
	Default int32
}

// Static is an object with static storage duration.
type Static struct {
	Name    string
	Size    uint64
	Align   uint64
	Type    string
	At      mem.Pos
	Const   bool
	Str     []byte // of a string literal
	IsStr   bool
	Layout  uint16 // of Program.Types
	Defined bool
	Thread  bool // each thread has its own

	initialised bool // it has an initializer, which makes it const, if it is, at its end
}

// Arg is the type of an argument in a call.
type Arg struct {
	T    T
	Size int64
	Type cc.Type
}

// Site is a call in the source.
type Site struct {
	Args   []Arg
	Type   cc.Type // of the function that is called, as the caller sees it
	Result T
	Proto  bool
	Hidden bool
	Used   bool
	Param  bool  // argument 0 is a parameter of the calling function
	Size   int64 // of a result in memory
}

// Program is what is run.
type Program struct {
	Funcs   []*Func
	ByName  map[string]int
	Statics []Static
	Sites   []Site
	Places  []Place
	Texts   []string // messages of OpCannot
	Static  []Finding
	Init    *Func
	Main    int
	Ptr     int
	Long    int
	Big     bool
	CharS   bool
	Bytes   int
	Loose   bool       // it asks not to rely on the types of objects
	Types   *mem.Types // nil: what type an object has does not matter
}

// Finding is undefined behaviour that the compiler saw and that happens when
// it is executed.
type Finding struct{ Kind, Text string }
