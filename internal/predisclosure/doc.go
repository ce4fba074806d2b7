// Package predisclosure keeps the lists of those who may get notice of a
// vulnerability while it is under embargo, so that fixed software can ship in
// the hour in which the advisory appears (iso29147: coordination with other
// vendors).
//
// Its words:
//
//   - A List says who qualifies, what may be done with what is told, and what
//     everybody on it has agreed to. A team may have several.
//   - An Application is what an organisation sends to join. It is kept as it came.
//   - A Member is an organisation from its application on, whatever became of it.
//     Its state is a word, and what may follow what stands in the table of
//     state.go alone.
//   - A Contact is a person or a role address of a member, with a key. A contact
//     who is linked to a user can sign in and keep the membership right.
//   - Two people vet an application, one after the other; neither is a contact of
//     who applies.
//   - To attest is to say once more that the member still qualifies and that its
//     contacts and keys are right. It falls due some months after it was done.
//   - The Standing is whether a member may get a notice at a given time. It is
//     computed and never stored: what is overdue stops notices by itself.
//
// Reading and deciding are separate: whoever sends a notice asks Store.Eligible
// just before, and again for what is sent later.
//
// The rules do no I/O; store*.go do what the rules allow and write the audit
// entry in the same transaction. What names a person or an organisation, and
// why something was decided, is sealed with the key of the member.
package predisclosure
