// Package check finds the undefined behaviour of C that a program shows
// without being run: declarations that disagree, in one unit and across units,
// a main that is none, initialisers and types that C17 leaves without meaning.
//
// A Finding needs no execution: the program as written is undefined. A mark is
// undefined when its statement is executed, which the caller arranges. A
// Diagnosis is a constraint that the program violates and the parser lets pass:
// such a program is not C and has no meaning to run.
//
// The parser's types have lost what is asked about here: which declaration said
// what, qualifiers, prototypes. So types are read again from the syntax, see
// typ. What is an extension, or is not understood, has the unknown type, which
// is compatible with all: in doubt there is no finding.
package check
