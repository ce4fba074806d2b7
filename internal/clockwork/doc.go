// Package clockwork tries the release clock: hours in twenty zones and around
// every change of their clocks, on a machine whose own clock is set forward and
// back while Steward runs, stops and starts again. Nothing may be public before
// its hour, and nothing later than a second after it.
//
// The short form tries some of the hours, STEWARD_HOURS=all every one; "make
// torture" does that. It has no code of its own.
package clockwork
