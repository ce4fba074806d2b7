// Package compose writes letters: it turns a Letter into the bytes of an
// internet message (rfc5322:3) to exactly one person. It does no I/O, and the
// same letter with the same randomness gives the same bytes, but for what
// encryption draws.
//
// A letter goes out in one of three kinds. Plain is text that anyone on its
// way can read. Signed is the same with a signature of the team (rfc3156:5).
// Encrypted can be read by the one person whose key it is written to
// (rfc3156:6.1), and its subject too is inside (rfc9788).
//
// Nothing that a stranger wrote can become a header field of its own: text
// loses its control characters before it is put into one, and addresses,
// message-ids and links that hold any are refused.
package compose
