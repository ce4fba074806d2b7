// Package census ranks the sources of a distribution by risk: it asks which of
// them everything rests on, and which will break. It is the successor of the
// CII Census of 2015.
//
// Its words:
//
//   - A Signal is one thing that can be known of a source: it has a name, a
//     reason to look at it, a unit, and a value for each source, which may be
//     unknown. Signals tell of reach (what rests on it), exposure (how it can be
//     attacked) or fragility (how it is kept).
//   - A Term is a thing that a source has or has not: a section, a word of its
//     description, something that it needs.
//   - A Model weighs them. It is data: a file that anyone can read and change.
//   - A Ranking is what a model says of all sources of a suite. Each score stands
//     between two bounds: what is unknown adds nothing to the score, and might
//     raise it to the upper one.
package census
