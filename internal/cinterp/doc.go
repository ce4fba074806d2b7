// Package cinterp runs C and says which undefined behaviour happens. It needs
// no compiler and nothing of the host: front parses, code compiles to
// byte-code, run executes it on mem with the library in lib, and ub is the
// catalogue of what can be found.
//
// A run has one of three ends. The program finished; or undefined behaviour
// happened, and the report names the rule, the place and the object; or the
// interpreter cannot say: a limit was reached, or the program uses what is not
// supported, which is named with its line. There is no guess: what is reported
// as undefined behaviour is, by the text of C17.
//
// The memory model is PNVI-ae-udi (pointers made from integers get the object that
// their address lies in). The package knows nothing of the rest of the house.
package cinterp
