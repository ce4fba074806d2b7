// Package torture holds the trials by fire as tests: what was acknowledged
// must outlive a kill at any moment.
//
// STEWARD_KILLS sets how many times each engine's server is killed; "make
// torture" sets it high.
package torture
