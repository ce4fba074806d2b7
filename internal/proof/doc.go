// Package proof has files of a report interpreted: a proof of concept in C is
// run by the interpreter (cinterp) in a process of its own, which is killed at
// its deadline, has limits of memory, files and processor, no environment, an
// empty folder, and gets the files by its standard input.
//
// Its words:
//
//   - A Source is a file as it was sent. What is in an archive is taken out
//     inside the other process only.
//   - A Program is what was made of sources: the files with one main, linked.
//   - An Answer is what a run of them showed, and is the same each time: each
//     run is made twice, and what differs is no answer.
//
// The package knows no case; package inside is the other process.
package proof
