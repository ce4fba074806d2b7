// Package mem is the memory of the abstract machine: objects, and pointers
// that know which object they were made for. It is no flat array.
//
// The model is PNVI-ae-udi, with what is exposed taken generously: a pointer's
// object is kept beside its address, and an integer that is made a pointer gets
// the object that its address lies in or is one past, if the address of that
// object was made an integer, printed, stored or returned before.
// An address is handed out once, with a gap after each object, so an address
// alone tells its object, dead ones too, and one past an end is no other's
// start. Only an object whose address nobody kept is used again, and, when very
// many have ended, those that no pointer leads to.
//
// Each object has its bytes, a shadow that says which bytes hold a value (no
// shadow: all of them do), and a shadow with the provenance of the pointers
// that were stored in it, made when the first one is.
//
// An object also knows the types that it may be reached as, C17 6.5p6 and p7: a
// declared one by its Layout, an allocated one by what was stored in it. Fit is
// the fast answer: accesses by that layout are in order. Others are asked about
// with Reads and Writes. See Tag for which types may alias.
package mem
