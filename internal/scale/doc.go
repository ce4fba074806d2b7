// Package scale holds the trial of size as tests: a Steward with a hundred
// thousand cases and ten thousand advisories answers every page and every
// route of the API in time, and it is known how each grows.
//
// TestWorkDoesNotGrow, the short form, counts the database pages that each
// answer touches and finds those whose work grows with the records; nothing
// in it is timed. BenchmarkPages, the long form, runs a server of its own and
// measures times and memory. Variables steer it: STEWARD_SCALE is how many
// cases there are (several with commas between; 1000 if it is empty) and
// STEWARD_SCALE_ENGINE is sqlite or postgres. Run it with -v to see the table.
package scale
