package smtpd

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"steward/internal/base/errs"
	"steward/internal/base/throttle"
)

// The answers, with the codes of RFC 3463.
var (
	errUnknown  = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is no such address here"}
	errTooMany  = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Too much mail from your network; please try again later"}
	errEnd      = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Enough for one connection; please connect again"}
	errLines    = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "Lines must end in CR LF; a CR or LF stands alone"}
	errPath     = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 7}, Message: "The sender's address is too long"}
	errMemory   = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Too much comes in at this moment; please try again later"}
	errBusy     = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "This cannot be kept just now; please try again later"}
	errTooLarge = smtp.ErrDataTooLarge
)

// session is one client that has said hello.
type session struct {
	s   *Server
	c   *smtp.Conn
	k   *conn
	tls bool

	mu   sync.Mutex // with BDAT, the mail is taken in while commands are read
	from string
	to   []string

	mails, unknown int
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	out := &session{s: s, c: c}
	n := c.Conn()
	if t, ok := n.(*tls.Conn); ok {
		out.tls, n = true, t.NetConn()
	}
	k, ok := n.(*conn)
	if !ok {
		return nil, errBusy
	}
	out.k = k
	return out, nil
}

func (z *session) Reset() {
	z.k.end()
	z.mu.Lock()
	defer z.mu.Unlock()
	z.from, z.to = "", nil
}

func (z *session) Logout() error {
	z.k.end()
	return nil
}

func (z *session) Mail(from string, _ *smtp.MailOptions) error {
	if z.mails++; z.mails > z.s.c.MailsPerConn {
		z.k.last.Store(true)
		return errEnd
	}
	if len(from) > maxPath {
		return errPath
	}
	if !z.s.c.LMTP {
		if _, ok := z.s.limiter.Allow(throttle.Network(z.k.addr)); !ok {
			return errTooMany
		}
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.from = from
	return nil
}

func (z *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !z.s.ours(to) {
		if z.unknown++; z.unknown > maxUnknown && !z.s.c.LMTP {
			z.k.last.Store(true)
			return errEnd
		}
		return errUnknown
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.to = append(z.to, to)
	return nil
}

// Data takes the mail. A panic in what keeps it is the same as its failing.
func (z *session) Data(r io.Reader) (err error) {
	z.k.begin()
	z.mu.Lock()
	from, to := z.from, z.to
	z.mu.Unlock()
	e := Envelope{From: from, To: to, RemoteAddr: z.k.addr, TLS: z.tls, Helo: z.c.Hostname()}
	e.Helo = e.Helo[:min(len(e.Helo), maxPath)]
	defer func() {
		if recover() != nil {
			err = errBusy
		}
	}()
	in := &intake{s: z.s, r: r}
	defer in.release()
	raw, err := in.read(z.head(e))
	if errors.Is(err, errUnseen) {
		answers := 1
		if z.s.c.LMTP { // rfc2033:4.2
			answers = len(to)
		}
		z.refuse(errLines, answers)
		return errLines
	}
	if err != nil {
		return err
	}
	e.Trace = in.head
	ctx, stop := context.WithTimeout(context.Background(), maxLife)
	defer stop()
	e.Facts = z.s.facts(ctx, e, raw[in.head:])
	return answer(z.s.c.Keep(ctx, e, raw))
}

// head is what is put before the mail (rfc5321:4.4), without the client's
// address.
func (z *session) head(e Envelope) []byte {
	with := "ESMTP"
	switch {
	case z.s.c.LMTP:
		with = "LMTP"
	case e.TLS:
		with = "ESMTPS"
	}
	from := strings.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f || c == '<' || c == '>' {
			return -1
		}
		return c
	}, e.From)
	return fmt.Appendf(nil, "Return-Path: <%s>\r\nReceived: by %s with %s; %s\r\n", from, z.s.c.Host, with, z.s.c.Clock().UTC().Format(time.RFC1123Z))
}

// answer says to the client what became of its mail.
func answer(err error) error {
	if err == nil {
		return nil
	}
	if !errs.Is(err, errs.Invalid) {
		return errBusy
	}
	said := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		if c > '~' {
			return '?'
		}
		return c
	}, errs.Public(err))
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: said[:min(len(said), 400)]}
}

// intake reads a mail while there is memory for it.
type intake struct {
	s    *Server
	r    io.Reader
	head int    // bytes before the mail
	held int64  // bytes that are counted
	tail uint64 // the last six bytes
}

func (in *intake) release() { in.s.memory.Add(-in.held) }

// read gives the mail after head. Mails in which a CR or LF stands alone are
// refused: servers differ in what ends a line, and so where a mail ends, which
// lets one mail hide another (SMTP smuggling, 2023).
func (in *intake) read(head []byte) ([]byte, error) {
	in.head = len(head)
	b := bytes.NewBuffer(head)
	chunk := make([]byte, 32<<10)
	var last byte
	var fault error
	for {
		n, err := in.next(chunk)
		if fault == nil {
			fault = in.add(b, chunk[:n], &last)
		}
		switch {
		case errors.Is(err, io.EOF):
			if fault == nil && last == '\r' {
				fault = errLines
			}
			return b.Bytes(), fault
		case errors.Is(err, errUnseen):
			return nil, err
		case err != nil && fault != nil:
			return nil, fault
		case errors.Is(err, smtp.ErrDataTooLarge):
			return nil, errTooLarge
		case err != nil:
			return nil, errBusy // it did not come in as a whole
		}
	}
}

// errUnseen says that a mail has ended which the library holds to go on.
var errUnseen = errors.New("the mail ended behind CR CR LF")

// unseen is the end of a mail, CR LF dot CR LF, behind a CR that stands alone.
// The library takes it for text and would wait for more while the client waits
// for an answer, until both have lost patience, and then again for days.
const unseen = 0x0d_0d0a_2e_0d0a

// next reads a piece of the mail, byte by byte so as to see its end.
func (in *intake) next(chunk []byte) (n int, err error) {
	if _, counted := in.r.(*io.PipeReader); counted { // BDAT
		return in.r.Read(chunk)
	}
	for n < len(chunk) && err == nil {
		var m int
		if m, err = in.r.Read(chunk[n : n+1]); m == 0 {
			continue
		}
		in.tail = (in.tail<<8 | uint64(chunk[n])) & (1<<48 - 1)
		if n++; in.tail == unseen {
			return n, errUnseen
		}
	}
	return n, err
}

// refuse answers in place of the library, which still waits, and hangs up.
func (z *session) refuse(e *smtp.SMTPError, answers int) {
	for range answers {
		fmt.Fprintf(z.c.Conn(), "%d %d.%d.%d %s\r\n", e.Code, e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2], e.Message)
	}
	_ = z.c.Conn().Close()
}

func (in *intake) add(b *bytes.Buffer, p []byte, last *byte) error {
	for _, c := range p {
		if (c == '\n') != (*last == '\r') {
			return errLines
		}
		*last = c
	}
	if int64(b.Len()-in.head+len(p)) > in.s.c.MaxBytes {
		return errTooLarge
	}
	in.held += int64(len(p))
	if in.s.memory.Add(int64(len(p))) > in.s.c.Memory {
		return errMemory
	}
	b.Write(p)
	return nil
}
