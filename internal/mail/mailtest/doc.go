// Package mailtest gives tests mail programs that we did not write, and what
// goes wrong between them.
//
// A [Postfix] is a whole mail server before or after ours, with a queue and
// mailboxes of its own. A [Sink] keeps what it is sent and fails when told to.
// A [Person] has keys in GnuPG and writes and reads PGP/MIME (RFC 3156) with
// them, or with [Neomutt] as the program in front. [Swaks] sends one mail in
// every way that SMTP has. Each of them lives on 127.0.0.1 and in a folder of
// its own, shares nothing with another and ends with its test.
//
// The programs come from Debian; `make tools` installs them.
package mailtest
