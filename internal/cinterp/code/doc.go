// Package code is the byte-code of the interpreter and the compiler from the
// checked tree of C to it.
//
// A function works on registers of 16 bytes (mem.Slot). Parameters come first,
// then the scalars whose address is never taken, then temporaries. Integers
// in registers are always extended to 64 bits as their type says, so that
// comparing, moving and masking need no type. A float is kept as a double.
//
// Every conversion is an instruction. Every instruction has a place in the
// source. Constants are folded here and only where that is defined: what is
// not stays an instruction, which finds it when it is run. What the compiler
// cannot translate becomes OpCannot, so that only a run that gets there ends
// without a verdict.
package code
