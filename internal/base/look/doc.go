// Package look is how every page of Steward looks: one stylesheet, one page
// shell, a few pictures of data and the little script that passkeys need. It
// knows nothing of cases or advisories.
//
// A page is a typed struct that embeds Shell, and a template of the same name
// that defines "body". Pages are rendered to memory, so that a page is either
// whole or not sent.
package look
