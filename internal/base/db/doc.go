// Package db keeps the records in SQLite or in PostgreSQL, with one SQL text
// for both.
//
// The words:
//
//   - A write is a function that runs in a transaction. All writes pass
//     through one writer, which takes those that wait and commits them as a
//     group: one sync of the disk serves them all. Each write has its own
//     savepoint, so one that fails takes no other with it.
//   - A read is a function that sees one consistent snapshot and can change
//     nothing.
//   - The schema is the numbered files in the folder schema, applied at Open.
//   - Each page of an SQLite file, and each frame of its journal, is held against
//     a checksum whenever it is read. What differs is a [DamageError], and
//     nothing of it is used. A PostgreSQL server does so if it was made with
//     data checksums.
//
// SQL for both engines: the column types TEXT, BIGINT, BOOLEAN, DOUBLE
// PRECISION and BYTEA; parameters written $1, $2; times as BIGINT microseconds
// in UTC (see [Micros]); INSERT … ON CONFLICT where a row may be there
// already, for a statement that fails ends its write. Every table has a
// primary key. Sort by numbers, or in Go: the order of text differs between
// the engines.
package db
