// Package lib is the C library: functions in Go that check what C17 clause 7
// asks of their arguments before they do their work. A function that is not
// here is not supported, and a run that calls it ends without a verdict.
//
// Nothing here reaches the host: files are those of package vfs, the clock is
// the caller's and moves only when the program sleeps, and the environment is
// what the caller gave. A program begins in the directory Home. The locale is
// "C" with the 128 characters of ASCII; a long double is a double; rand is
// documented where it is made; streams are not buffered; signals come from
// raise alone, and at once.
package lib

import (
	"maps"
	"sync"
	"time"

	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// Functions gives the library by name. The map is shared and not to be changed.
func Functions() map[string]run.LibFunc { return functions() }

var functions = sync.OnceValue(func() map[string]run.LibFunc {
	m := map[string]run.LibFunc{}
	for _, part := range parts() {
		maps.Copy(m, part)
	}
	return m
})

// parts are the pieces of the library; none has a name of another.
func parts() []map[string]run.LibFunc {
	return append([]map[string]run.LibFunc{memory, text, numbers, randomNumbers, control, characters, mathematics, varargs, builtins, complexNumbers()}, more()...)
}

// State is what the library keeps between calls. Environ holds NAME=VALUE.
type State struct {
	Files   *vfs.FS   // what the program sees; nil: nothing
	Now     time.Time // when the program starts; zero: a fixed time
	Program string    // its name
	ext     *extra
	Environ []string
	rand    additive
	lcg     lcg
	errno   map[int]slot // by thread: C17 7.5p2
	atexit  []slot
	strtok  slot
	tokens  bool // strtok has been given a string
	exiting bool
	Input   []byte // standard input
	read    int
	Fail    int64   // this allocation, counted from 1, gives a null pointer; 0: none does
	Allocs  int64   // how many there were
	Failed  mem.Pos // where the one that failed was asked for
}
