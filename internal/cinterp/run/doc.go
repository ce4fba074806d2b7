// Package run executes the byte-code: one loop over typed instructions, with
// the checks of memory on a fast path in the loop and everything else in slow
// functions beside it. The loop is written by loopgen, because each check
// stands in some thirty instructions.
//
// A run ends when the program ends, at the first undefined behaviour that
// matters, at a limit, or where the interpreter cannot say what happens. What
// the standard forbids and nothing relies on is noted, and the run goes on.
package run

//go:generate go run ./loopgen
