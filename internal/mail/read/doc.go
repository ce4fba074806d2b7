// Package read takes a mail apart that anyone may have sent. It is a function
// from bytes to a Message: it fetches nothing, renders nothing and fails never.
// What is odd is told as a Problem; what passes a limit is left whole in the
// raw mail, which the caller keeps.
//
// A part of a mail is within when it was inside the one part that was encrypted
// to us, or signed; all else is outside. The two are never joined: who alters a
// mail on its way can put anything around an encrypted part, and what is read
// as one text is answered, quoted and sent on as one (EFAIL, 2018). A mail that
// is neither encrypted nor signed has nothing outside.
package read
