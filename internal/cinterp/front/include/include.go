// Package include holds the headers of C17 and the common ones of POSIX that
// programs see in the interpreter, and the list of functions that they declare.
//
// The headers tell the facts of the standards in our own words and know no
// machine: widths and limits come from predefined macros as gcc names them
// (__SIZE_TYPE__, __LONG_MAX__, __CHAR_UNSIGNED__). What is seen beyond C17
// follows the usual macros: __STRICT_ANSI__ hides POSIX, _GNU_SOURCE shows
// GNU's own. Names that begin with __steward_ are functions and objects that
// the interpreter has and no program calls by name; names that begin with
// __builtin_ are those that programs may use, too.
package include

import "embed"

// FS holds the headers by the name in #include: "stdio.h", "sys/types.h".
//
//go:embed *.h sys/*.h netinet/*.h arpa/*.h
var FS embed.FS
