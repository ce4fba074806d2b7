// Package mail is the face that letters come in and go out by.
//
// Its words:
//
//   - A Mail is one message as it came in. It is kept, sealed, before its
//     sender is told that we have it; what becomes of it is decided after that,
//     and nothing that came is thrown away by a program.
//   - A thread is the correspondence with one reporter, or with one person on a
//     case. Each has a tag that nobody can guess, in the address that answers
//     go to. An answer finds its thread by the tag or by a Message-ID of ours,
//     never by its subject.
//   - A letter is what goes out. What is private of it leaves encrypted to its
//     one reader's own key; a letter to anyone else says that there is
//     something to read, and where.
//
// compose writes letters and read reads mail; both know nothing of cases.
// smtpd receives, relay sends. This package knows the cases: take.go decides
// what becomes of a mail, send.go what a letter says.
package mail
