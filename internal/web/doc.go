// Package web is the dynamic face: the report form, the reporter's mailbox
// and the team's pages, rendered on the server. Everything works without a
// script except passkeys.
//
// routes.go lists every address. A page is a file: its struct, its handler and
// the template of the same name. A handler returns an error, and fail maps it
// to a page. A form that was refused is shown again with what was typed and
// each problem by its field; one that was accepted ends in a redirect.
//
// Nothing private is in an address, a log line or a cookie: the log has the
// route's pattern, a cookie has a random secret.
package web
