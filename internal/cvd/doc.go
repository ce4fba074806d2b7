// Package cvd is the work on a vulnerability while it is private: the case
// that every report opens, the people in it, the embargo, the patch, the talk
// with the reporter and the draft of the advisory.
//
// Its words:
//
//   - A Case is one vulnerability under work. Every report opens one; a
//     duplicate is merged into the case that survives and keeps its own thread
//     with its own reporter.
//   - A Note is for the team alone. A Message goes to a reporter or comes from
//     one. No function turns one into the other.
//   - The Embargo is an agreement on a date, an hour and a zone; the Patch is
//     the fix on its way; the Draft is the advisory before it is public.
//   - The Mailbox is all that a reporter sees of a case.
//   - A Sending is a notice under embargo to a list, or to members of it; a
//     Recipient is an organisation that got one, the Portal all that it sees. Each
//     has copies of their own (base/watermark) and never the original.
//   - To burn is to end the embargo because the matter has leaked.
//
// Three rules hold the package together. Case.Draft is the only way from a
// case to an advisory. Every method of Store takes a caller, asks acl.Table,
// and writes the audit record in the transaction of the deed. States are
// words, and what may follow what stands in the tables of state.go alone.
//
// The rules are in the files named after what they are about and do no I/O;
// store*.go do what the rules allow, each within a deed (deed.go) or a look
// (store_view.go).
package cvd
