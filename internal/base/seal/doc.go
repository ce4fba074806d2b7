// Package seal encrypts private text before it reaches the database.
//
// The words:
//
//   - The master is 32 random bytes in a file outside the database. Whoever
//     has a copy of the database without it can read nothing private.
//   - A scope is what has a key of its own, such as "case/<id>". Its key is
//     random and stored wrapped, that is, encrypted under the master.
//   - A context is where a sealed text belongs within its scope, such as
//     "message/<id>". What was sealed for one place opens at no other, so that
//     nobody who can write to the database can pass one text off as another.
//
// The cipher is XChaCha20-Poly1305 with random nonces
// (https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha-03); keys are
// derived by HKDF with SHA-256 (RFC 5869). A sealed text is 41 bytes longer
// than the plain one, so its length is not hidden.
package seal
