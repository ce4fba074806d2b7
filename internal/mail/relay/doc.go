// Package relay hands messages to the team's mail server, one message to one
// person at a time, over SMTP (rfc5321).
//
// A Relay is where that server is and how to speak with it. A Session is one
// connection to it, used for many messages. What goes wrong is an *Error with
// one of three kinds. Permanent: the server said no for good. Temporary: it
// may succeed later, and nothing was delivered. Unknown: the whole message was
// handed over and no answer came; it may have been delivered. The caller sends
// such a message once more at most, with the same Message-ID. Should the caller
// itself end after the final dot, nobody hears of the answer: so it is called
// just before, and can write down that it may be so (rfc1047).
//
// The dialogue is written here and not taken from emersion/go-smtp, which the
// tests use as the server: its client greets as "localhost" before STARTTLS,
// sets no time limit while it writes a message, reads answers of any number of
// lines, and does not tell an end of the message that never left from one that
// left and was not answered.
//
// Neither a message nor a password goes to another machine in clear.
package relay
