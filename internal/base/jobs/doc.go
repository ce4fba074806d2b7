// Package jobs keeps what is to be done later, and does it.
//
// Its words:
//
//   - A Job is put into the queue in the transaction of the deed that wants it,
//     so that there is never the one without the other. Its key names that
//     deed: a job that is put twice is there once.
//   - A Worker does the jobs of one kind. What it cannot do now is tried again
//     later, at growing distances for some days (RFC 5321, 4.5.4.1), and then
//     given up: the job stays, with what went wrong.
//   - An attempt is written down before it begins. A job whose attempt was cut
//     off by a crash is done again; a worker makes that harmless by telling its
//     peer the same name each time (a Message-ID, a webhook's id).
//   - A Doubt is written down just before a worker does what cannot be taken
//     back, and taken back when it knows how that went. A crash and an answer
//     that never came leave it. After two of them a job is given up, with words
//     for a person, who may have it tried again: so what a worker does under
//     doubts is done once, or where nobody can know, twice at most.
//
// The body of a job is sealed with the key of its scope. What else is kept of
// it is in clear and tells nothing of a case.
package jobs
