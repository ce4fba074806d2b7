// Package publish brings the public tree up to the records: every advisory in
// every form, the pages that list them, the feeds and what programs look for
// under .well-known.
//
// What should be public is in the database, in order; how far the tree has
// come is in its root. Update closes the gap, all of it or nothing, so that a
// crash, a change of settings and a new version of Steward are one case: the
// next Update does what is left to do. Everything goes through the gate first:
// what our own validators find wrong stops the publication.
//
// A release writes the files of its advisory, the pages that list it, and the
// two lists that CSAF wants to be whole; all else is cut into pages that are
// full one day and then left alone. The cost therefore hardly depends on how
// much was published before.
package publish
