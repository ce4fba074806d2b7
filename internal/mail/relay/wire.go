package relay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// Limits of what a server says, rfc5321:4.5.3.1.5 with room to spare.
const (
	maxReplyLine  = 2000
	maxReplyLines = 100
)

// errReply says that a server does not speak SMTP.
var errReply = errors.New("the server's answer is not one of SMTP")

// wire is a connection that says lines and hears answers, each in its time.
type wire struct {
	raw  net.Conn // as it was dialled
	conn net.Conn // the same, or TLS over it
	in   *bufio.Reader
}

func newWire(conn net.Conn) *wire {
	w := &wire{raw: conn}
	w.over(conn)
	return w
}

// over goes on over another connection; what was heard before is forgotten.
func (w *wire) over(conn net.Conn) {
	w.conn, w.in = conn, bufio.NewReaderSize(conn, maxReplyLine)
}

// during closes the connection when the context ends, so that nothing waits
// any longer, until the returned function is called.
func (w *wire) during(ctx context.Context) func() bool {
	return context.AfterFunc(ctx, func() { w.raw.Close() })
}

// say sends a command. The line holds no CR or LF: all that is put into it was
// checked.
func (w *wire) say(line string, limit time.Duration) error {
	return w.write([]byte(line+"\r\n"), limit)
}

func (w *wire) write(data []byte, limit time.Duration) error {
	if err := w.conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	_, err := w.conn.Write(data)
	return err
}

// hear reads an answer of one line or several, rfc5321:4.2.1.
func (w *wire) hear(limit time.Duration) (reply, error) {
	var r reply
	if err := w.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return r, err
	}
	for len(r.lines) < maxReplyLines {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return r, fmt.Errorf("hearing the server: %w", err)
		}
		code, more, text, err := parseReply(line)
		if err != nil || r.code != 0 && code != r.code {
			return r, errReply
		}
		r.code = code
		r.lines = append(r.lines, text)
		if !more {
			return r, nil
		}
	}
	return r, errReply
}

// parseReply takes one line of an answer apart.
func parseReply(line []byte) (code int, more bool, text string, err error) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < 3 {
		return 0, false, "", errReply
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false, "", errReply
		}
		code = 10*code + int(c-'0')
	}
	if code < 200 || code > 599 {
		return 0, false, "", errReply
	}
	if len(line) == 3 {
		return code, false, "", nil
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, "", errReply
	}
	return code, line[3] == '-', string(line[4:]), nil
}

// ask says a command and wants an answer with the code. Its error is an *Error.
func (w *wire) ask(step Step, line string, limit time.Duration, want int) (reply, error) {
	if err := w.say(line, limit); err != nil {
		return reply{}, &Error{Kind: Temporary, Step: step, Cause: err}
	}
	return w.expect(step, limit, want)
}

func (w *wire) expect(step Step, limit time.Duration, want int) (reply, error) {
	r, err := w.hear(limit)
	if err != nil {
		return r, &Error{Kind: Temporary, Step: step, Cause: err}
	}
	if r.code != want {
		return r, r.failure(step)
	}
	return r, nil
}

// stuffed gives a message as it is sent: a dot before each dot at the start of
// a line (rfc5321:4.5.2), without the line that ends it.
func stuffed(msg []byte) []byte {
	if !bytes.HasPrefix(msg, []byte(".")) && !bytes.Contains(msg, []byte("\n.")) {
		return msg
	}
	out := bytes.ReplaceAll(msg, []byte("\n."), []byte("\n.."))
	if out[0] == '.' {
		out = append([]byte("."), out...)
	}
	return out
}
