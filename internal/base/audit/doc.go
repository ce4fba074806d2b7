// Package audit keeps the record of who did what to which case and when, in
// an order that cannot be changed unnoticed.
//
// The words:
//
//   - An entry is one deed. It is written in the transaction of the deed
//     itself: without the one there is not the other.
//   - Each entry carries a hash over all of its own stored bytes and over the
//     hash of the entry before it. This is the chain.
//   - The head is the last entry's number and hash. Whoever keeps a copy of
//     it elsewhere can tell later whether the record up to there is still
//     the same.
//
// Verify needs no key: what is hashed is what is stored. It finds an entry
// that was altered, removed, put in or moved. Someone who can write to the
// database and computes all later hashes anew goes unnoticed by Verify, but
// not by VerifyFrom with a head that they could not reach.
package audit
