// Package dbtest opens real databases for tests: an SQLite file or a
// PostgreSQL database of the test's own, with the schema in place, gone when
// the test ends.
//
// The PostgreSQL server is started by the first test of the process that
// needs one, and ended with the process, however that ends. The variable
// STEWARD_TEST_POSTGRES, the address of a server whose user may create
// databases, makes tests use that server instead; the command withpg sets it
// for a whole run.
//
// Ordinary tests run without waiting for the disk on PostgreSQL. What is about
// crashes or speed takes a [Server] of its own, which waits.
package dbtest
