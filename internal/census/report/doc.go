// Package report writes a census as pages that stand alone: a folder of files
// that any browser reads, from a disk or from any static host, without a server.
// Nothing of it needs a script; with one, the plot answers the pointer and the
// ranking can be searched.
//
// Its words:
//
//   - The front shows the plot, the first of the ranking and how far to trust it.
//   - The ranking has a row for every source, on pages of a thousand rows.
//   - A source page tells all of one source. The first by score have one, and the
//     first by reach; every other source is linked at its row of the ranking.
//   - A neighbour of a source needs it, or is needed by it, directly.
//
// What the indexes say is hostile: names and descriptions only pass through
// html/template, and the names of files are made of few letters.
package report
