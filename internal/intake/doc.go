// Package intake takes a report in: it checks what came, says what a reader of
// the report will miss, keeps the report as it came and gives a receipt.
//
// Its words:
//
//   - Submission: what a reporter sends, before anything was checked.
//   - Original: a submission that passed the checks, with the bytes that are
//     kept for good and their hash. Only Accept makes one.
//   - Filed: an original that was written to the database; the part of it that
//     is not private.
//   - Report: the whole of a filed report, opened with the key of its case.
//   - Receipt: what the reporter holds: hash, time, a signed statement and the
//     case phrase.
//   - Phrase: twelve words that open the mailbox of one report. It is derived,
//     never stored.
//   - Finding: a remark of the lint. It never stops a report.
//   - Mirror: a local copy of the project's repository, in which the lint looks
//     up what a report cites.
//
// Nothing here asks who the caller is: the functions of store.go work inside a
// transaction of package cvd, which knows the case, checks the permission and
// writes the audit entry.
package intake
