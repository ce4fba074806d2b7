// Package front reads C: the preprocessor, the parser and the types, for a
// machine that is described here and not the one that runs us. It runs no
// compiler and opens no file but through the file system that it is given.
//
// A machine says how wide the types are, which byte comes first and whether
// char has a sign. Its predefined macros are frozen. Its long double has the
// range and precision of double, which C17 6.2.5p10 allows.
package front
