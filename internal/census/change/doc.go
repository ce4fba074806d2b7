// Package change compares two rankings of the census: what came, what went, what
// stands elsewhere now, and what about it changed.
//
// Its words:
//
//   - A Run is what one ranking said, as it was written as JSON or as it is in
//     memory: both give the same.
//   - A Move is a source that both runs have, with another rank in each. It rose
//     if it stands nearer to the top now, which is where the risk is.
//   - A Shift is a signal of a source that both runs know, with another value in
//     each.
package change
