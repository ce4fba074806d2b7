// Package atom is the Atom Syndication Format (RFC 4287) and the archived
// feeds of RFC 5005, section 4, as Go types, with a validator of our own.
//
// The types are the subset that Steward writes: plain text and HTML, and
// content within the entry. The validator knows all of RFC 4287 and of RFC
// 5005 what concerns archives. Clauses are cited as rfc4287:N and rfc5005:N.
//
// Where the validator is stricter than the standards ask:
//
//   - There is no document type declaration, and so no entity of its own.
//   - A document has at most MaxSize bytes and maxDepth levels.
//   - There is at most one link each of current, prev-archive and
//     next-archive.
package atom
