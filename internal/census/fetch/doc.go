// Package fetch brings files of others onto this machine, for a census: lists
// and archives that are public, and too large to be sent twice.
//
// Its words: an address is what is asked for; an Origin says where a file came
// from, so that it is not sent again while it has not changed. A file is whole
// or is not there: it is written beside its place and renamed. What breaks off is
// taken up where it broke off, if the server says by a strong validator that it
// still has the same (RFC 9110, 8.8.1); else it begins anew.
//
// Whoever names an address may name one of their own network. Where a server
// sends us on to is another matter: that must be public.
package fetch
