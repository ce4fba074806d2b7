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
//     off by a crash is done again, so it is done at least once; a worker makes
//     that harmless by telling its peer the same name each time (a Message-ID,
//     a webhook's id).
//
// The body of a job is sealed with the key of its scope. What else is kept of
// it is in clear and tells nothing of a case.
package jobs
