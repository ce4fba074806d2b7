// Package render makes every form of an advisory, and the pages that list
// them, from records and settings alone: pure functions, the same input giving
// the same bytes.
package render
