// Package account knows who may sign in, and how.
//
// A user is a person with a name and a role in the team, or with none who is
// only invited to cases. There are no passwords. A person signs in with a
// passkey (W3C Web Authentication), which they enrol through a link that a
// lead or an operator gives them. The link works once and for a day.
//
// What opens a door is a secret of 256 random bits, and the database holds
// only its SHA-256:
//
//   - a link, in the hands of whom it was given to;
//   - a ceremony, the few minutes between asking a browser for a passkey and
//     hearing its answer;
//   - a session, in a cookie: of a user, or of a reporter at the mailbox of
//     one report;
//   - a token, for the API and the command line, with the rights of its user.
//
// Every door reads the user's row when it is used, so that a change of role or
// the disabling of a user counts from the next request on.
//
// Methods that take an acl.Caller check it and write the audit record in the
// deed's own transaction. Those that take none are the doors themselves: they
// find out who the caller is. People look after their own passkeys, sessions
// and tokens whatever their role is; those of others are a lead's to see and
// to take away, never to add to without a trace.
package account
