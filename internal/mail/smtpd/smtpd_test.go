package smtpd

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

const note = "From: ann@example.net\r\nSubject: x\r\n\r\nHello\r\n"

// TestTakesMail: what net/smtp sends is kept as it was, with two lines before it.
func TestTakesMail(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, nil)
	body := note + ".dot\r\n..\r\nGr\xfc\xdfe\r\n"
	if err := smtp.SendMail(addr, nil, "ann@example.net", []string{"security@example.org", "Security+CASE-7@EXAMPLE.org"}, []byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := smtp.SendMail(addr, nil, "", []string{"postmaster@example.org"}, []byte(note)); err != nil {
		t.Fatal(err)
	}
	all := b.all()
	if len(all) != 2 {
		t.Fatalf("%d mails", len(all))
	}
	m := all[0]
	want := "Return-Path: <ann@example.net>\r\nReceived: by mx.example.org with ESMTP; Fri, 20 Nov 2026 12:00:00 +0000\r\n" + body
	if m.raw != want {
		t.Errorf("kept %q, want %q", m.raw, want)
	}
	if m.From != "ann@example.net" || !reflect.DeepEqual(m.To, []string{"security@example.org", "Security+CASE-7@EXAMPLE.org"}) || m.Helo != "localhost" || m.TLS || m.RemoteAddr.String() != "127.0.0.1" || m.Facts.FromDomain != "example.net" {
		t.Errorf("%+v", m.Envelope)
	}
	if strings.Contains(m.raw, "127.0.0.1") {
		t.Error("the client's address is in the mail")
	}
	if all[1].From != "" || !strings.HasPrefix(all[1].raw, "Return-Path: <>\r\n") {
		t.Errorf("%+v", all[1])
	}
}

// TestRecipients: our addresses, and no other: nothing is relayed.
func TestRecipients(t *testing.T) {
	t.Parallel()
	s, _ := start(t, &box{}, nil)
	for to, want := range map[string]bool{
		"security@example.org": true, "SECURITY@Example.ORG": true, "security+a-B_1.2=x@example.org": true, "postmaster@example.org": true,
		"Postmaster": true, "security": false, "security+@example.org": false, "security+a b@example.org": false,
		"security+" + strings.Repeat("x", 65) + "@example.org": false, "postmaster+x@example.org": false, "root@example.org": false,
		"security@example.com": false, "security@sub.example.org": false, "security%example.com@example.org": false,
		"@example.com:security@example.org": false, "\"security\"@example.org": false, "security@example.org@example.com": false, "": false, "@": false,
	} {
		if got := s.ours(to); got != want {
			t.Errorf("%q is ours: %v", to, got)
		}
	}
}

// TestSaysNothing: no command tells who is here, or lets anyone in.
func TestSaysNothing(t *testing.T) {
	t.Parallel()
	_, addr := start(t, &box{}, nil)
	c := dial(t, addr)
	if got := c.say("EHLO x\r\n", "250"); strings.Contains(got, "AUTH") || strings.Contains(got, "STARTTLS") || !strings.Contains(got, "SMTPUTF8") || !strings.Contains(got, "8BITMIME") || !strings.Contains(got, "SIZE 2621440") {
		t.Errorf("%q", got)
	}
	if a, b := c.say("VRFY security\r\n", "252"), c.say("VRFY nobody\r\n", "252"); a != b {
		t.Errorf("%q and %q", a, b)
	}
	c.say("EXPN security\r\n", "502")
	c.say("AUTH PLAIN AGEAYg==\r\n", "5")
	c.say("STARTTLS\r\n", "502")
	c.say("MAIL FROM:<a@example.net>\r\n", "250")
	c.say("RCPT TO:<bob@example.com>\r\n", "550 5.1.1")
	c.say("RCPT TO:<root@example.org>\r\n", "550 5.1.1")
	c.say("DATA\r\n", "502")
	for range maxUnknown - 2 {
		c.say("RCPT TO:<root@example.org>\r\n", "550")
	}
	c.say("RCPT TO:<root@example.org>\r\n", "421")
	c.expect("421")
}

// TestSmuggling: nothing but CR LF . CR LF ends a mail, and what another
// server could take for its end is refused with the whole mail.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\n\n.\r\n", "\n.\n\r\n", "\x00\n.\r\n"} {
		b := &box{}
		_, addr := start(t, b, nil)
		c := dial(t, addr).open()
		c.send(note + "first" + end + "MAIL FROM:<evil@example.com>\r\nRCPT TO:<security@example.org>\r\nDATA\r\nFrom: evil@example.com\r\n\r\nsecond\r\n.\r\n")
		if end != "\r\n.\r" { // of which go-smtp takes the CR away; it ends no mail all the same
			c.expect("550 5.5.2")
		} else {
			c.answer()
		}
		c.say("RSET\r\n", "250")
		for _, m := range b.all() {
			if m.From != "ann@example.net" || end != "\r\n.\r" {
				t.Errorf("%q: kept %q", end, m.raw)
			}
		}
		c.mail().say(note+".\r\n", "250") // the connection is sound
	}
}

// TestAnswers: 250 means kept; what is not kept is tried again unless it is the
// sender's fault.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		box  *box
		want string
	}{
		{&box{}, "250"},
		{&box{err: errs.Invalidf("mail", "The mail is\r\n250 wrong, Grüße.").WithCause(errors.New("a secret"))}, "550 5.7.1 mail: The mail is  250 wrong, Gr?"},
		{&box{err: fmt.Errorf("%w: a secret", errs.ErrBusy)}, "451 4.3.0"},
		{&box{err: errors.New("a secret")}, "451 4.3.0"},
		{&box{err: errs.Deniedf("No.")}, "451 4.3.0"},
		{&box{panic: true}, "451 4.3.0"},
	} {
		_, addr := start(t, tt.box, nil)
		c := dial(t, addr).open()
		if got := c.say(note+".\r\n", tt.want); strings.Contains(got, "secret") {
			t.Errorf("%q", got)
		}
		c.say("QUIT\r\n", "221")
		_, addr = start(t, tt.box, nil)
		c = dial(t, addr)
		c.say("EHLO x\r\n", "250")
		c.say("MAIL FROM:<>\r\n", "250")
		c.say("RCPT TO:<security@example.org>\r\n", "250")
		c.say(fmt.Sprintf("BDAT 10\r\n%s", note[:10]), "250")
		c.say(fmt.Sprintf("BDAT %d LAST\r\n%s", len(note)-10, note[10:]), tt.want)
	}
}

// TestLimits: each limit is told with its code, and just below it all is well.
func TestLimits(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, func(c *Config) {
		c.MaxBytes, c.MaxRecipients, c.MailsPerConn, c.Memory = 1000, 2, 7, 1500
	})
	c := dial(t, addr).open()
	fill := func(n int) string { return note + strings.Repeat("x", n-len(note)-2) + "\r\n.\r\n" }
	c.say(fill(1000), "250")
	c.mail().say(fill(1001), "552")
	c.mail().say(fill(50000), "552")
	c.say("MAIL FROM:<a@example.net> SIZE=5000\r\n", "552")
	c.say("MAIL FROM:<"+strings.Repeat("a", 320)+"@example.net>\r\n", "553")
	c.say("MAIL FROM:<a@example.net> SIZE=500 BODY=8BITMIME SMTPUTF8\r\n", "250")
	c.say("RCPT TO:<security@example.org>\r\n", "250")
	c.say("RCPT TO:<security+b@example.org>\r\n", "250")
	c.say("RCPT TO:<security+c@example.org>\r\n", "452")
	c.say("RSET\r\n", "250")
	c.mail().say(note+".\r\n", "250")
	c.mail().say(note+".\r\n", "250")
	c.say("MAIL FROM:<a@example.net>\r\n", "421")
	c.expect("421")
	if got := c.answer(); got != "" {
		t.Errorf("after the end: %q", got)
	}
	if n := len(b.all()); n != 3 {
		t.Errorf("%d mails kept", n)
	}
	long := dial(t, addr)
	long.send("NOOP " + strings.Repeat("x", commandBytes+slack) + "\r\n")
	long.expect("421")
}

// TestLongLines: a mail with a line of any length is one mail, and nothing of
// it a command.
func TestLongLines(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, func(c *Config) { c.MaxBytes = 1 << 20 })
	c := dial(t, addr).open()
	line := strings.Repeat("x", 300<<10) + "\r\nRSET\r\nQUIT\r\n"
	c.say(note+line+".\r\n", "250")
	c.mail().say(note+strings.Repeat("x", 2<<20)+"\r\nQUIT\r\n.\r\n", "552")
	c.say("NOOP\r\n", "250")
	if got := b.all(); len(got) != 1 || !strings.HasSuffix(string(got[0].raw), line) {
		t.Errorf("%d mails kept", len(got))
	}
}

// TestEndBehindCR: a mail whose last line ends in CR CR LF is refused at once,
// and nobody waits for the other.
func TestEndBehindCR(t *testing.T) {
	t.Parallel()
	for _, lmtp := range []bool{false, true} {
		b := &box{}
		_, addr := start(t, b, func(c *Config) { c.LMTP = lmtp })
		c := dial(t, addr)
		if lmtp {
			c.say("LHLO x\r\n", "250")
		} else {
			c.say("EHLO x\r\n", "250")
		}
		c.say("MAIL FROM:<a@example.net>\r\n", "250")
		c.say("RCPT TO:<security@example.org>\r\n", "250")
		c.say("RCPT TO:<security+a@example.org>\r\n", "250")
		c.say("DATA\r\n", "354")
		c.say(note+"hello\r\r\n.\r\n", "550 5.5.2")
		if lmtp {
			c.expect("550 5.5.2")
		}
		if got := c.answer(); got != "" || len(b.all()) != 0 {
			t.Errorf("then: %q, %d kept", got, len(b.all()))
		}
	}
}

// TestMemory: all mails together have a limit, which is free again afterwards.
func TestMemory(t *testing.T) {
	t.Parallel()
	b := &box{begun: make(chan bool), resume: make(chan bool)}
	s, addr := start(t, b, func(c *Config) { c.Memory = 1000 })
	first := dial(t, addr).open()
	first.send(note + strings.Repeat("x", 900) + "\r\n.\r\n")
	<-b.begun
	second := dial(t, addr).open()
	second.say(note+strings.Repeat("x", 900)+"\r\n.\r\n", "452")
	b.resume <- true
	first.expect("250")
	if n := s.memory.Load(); n != 0 {
		t.Errorf("%d bytes are counted in the end", n)
	}
}

// TestRate: one network may send so many mails an hour.
func TestRate(t *testing.T) {
	t.Parallel()
	s, addr := start(t, &box{}, func(c *Config) { c.MailsPerHour = 2 })
	for _, want := range []string{"250", "250", "451 4.7.1"} {
		c := dial(t, addr)
		c.say("EHLO x\r\n", "250")
		c.say("MAIL FROM:<a@example.net>\r\n", want)
	}
	if s.Refused() != 1 {
		t.Errorf("%d refused", s.Refused())
	}
}

// TestConnections: those who hold on give way; those who are slow are cut.
func TestConnections(t *testing.T) {
	t.Parallel()
	s, addr := start(t, &box{}, func(c *Config) { c.ConnsFromOne = 2 })
	first := dial(t, addr)
	dial(t, addr)
	dial(t, addr).open().say(note+".\r\n", "250")
	if got := first.answer(); got != "" || s.Cut() != 1 {
		t.Errorf("%q, %d cut", got, s.Cut())
	}
	_, addr = start(t, &box{}, func(c *Config) { c.IdleTimeout = 300 * time.Millisecond })
	slow := dial(t, addr)
	heard := make(chan string)
	go func() { heard <- slow.answer() }()
	said := ""
	for tick := time.Tick(50 * time.Millisecond); said == ""; {
		select {
		case said = <-heard: // 501 for what there is of a command, or at once 421
		case <-tick:
			slow.send("N")
		}
	}
	for part := said; part != ""; said += part {
		part = slow.answer()
	}
	if !strings.Contains(said, "421 ") {
		t.Errorf("who is slow is told %q", said)
	}
}

// TestShutdown: a mail under way is taken to its end, and who waits is sent away.
func TestShutdown(t *testing.T) {
	t.Parallel()
	b := &box{}
	s, addr := start(t, b, nil)
	idle, busy := dial(t, addr), dial(t, addr).open()
	busy.send(note)
	time.Sleep(100 * time.Millisecond)
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.Background()) }()
	idle.expect("421")
	busy.say("more\r\n.\r\n", "250")
	busy.expect("421")
	if err := <-down; err != nil || len(b.all()) != 1 {
		t.Errorf("%v, %d mails", err, len(b.all()))
	}
	if n, err := net.Dial("tcp", addr); err == nil {
		n.Close()
		t.Error("it still listens")
	}

	s, addr = start(t, b, nil) // who does not go on is cut when the time is over
	dial(t, addr).open().send(note)
	time.Sleep(100 * time.Millisecond)
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || len(b.all()) != 1 {
		t.Errorf("%v, %d mails", err, len(b.all()))
	}
}

// TestCutOff: half a mail is no mail.
func TestCutOff(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, nil)
	c := dial(t, addr).open()
	c.send(note)
	c.Close()
	c = dial(t, addr)
	c.say("EHLO x\r\n", "250")
	c.say("MAIL FROM:<>\r\n", "250")
	c.say("RCPT TO:<security@example.org>\r\n", "250")
	c.say("BDAT 5\r\nFrom:", "250")
	c.say("RSET\r\n", "250")
	c.open().say(note+".\r\n", "250")
	if n := len(b.all()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// TestTLS: a mail comes in encrypted, and what was sent before the handshake
// as if it came after it is not taken for that.
func TestTLS(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, func(c *Config) { c.TLS = certificate(t) })
	c := dial(t, addr)
	if got := c.say("EHLO x\r\n", "250"); !strings.Contains(got, "STARTTLS") {
		t.Errorf("%q", got)
	}
	c.say("STARTTLS\r\nMAIL FROM:<injected@example.com>\r\n", "220")
	secure := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	if err := secure.Handshake(); err != nil {
		t.Fatal(err)
	}
	c.Conn = secure
	c.r.Reset(secure)
	c.say("RCPT TO:<security@example.org>\r\n", "502")
	c.open().say(note+".\r\n", "250")
	if m := b.all(); len(m) != 1 || !m[0].TLS || !strings.Contains(m[0].raw, " with ESMTPS;") || !m[0].RemoteAddr.IsValid() {
		t.Errorf("%+v", m)
	}
}

// TestLMTP: each recipient has an answer of its own (rfc2033:4.2).
func TestLMTP(t *testing.T) {
	t.Parallel()
	b := &box{}
	_, addr := start(t, b, func(c *Config) { c.LMTP = true })
	c := dial(t, addr)
	c.say("EHLO x\r\n", "500")
	c.say("LHLO x\r\n", "250")
	for i, want := range []string{"250", "451"} {
		c.say("MAIL FROM:<a@example.net>\r\n", "250")
		c.say("RCPT TO:<security@example.org>\r\n", "250")
		c.say("RCPT TO:<nobody@example.org>\r\n", "550")
		c.say("RCPT TO:<security+x@example.org>\r\n", "250")
		c.say("DATA\r\n", "354")
		c.say(note+".\r\n", want)
		c.expect(want)
		b.mu.Lock()
		b.panic = i == 0
		b.mu.Unlock()
	}
	if m := b.all(); len(m) != 1 || len(m[0].To) != 2 || !strings.Contains(m[0].raw, " with LMTP;") {
		t.Errorf("%+v", m)
	}
}

// TestSwaks: a client that others wrote, over TLS.
func TestSwaks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("swaks"); err != nil {
		t.Log("swaks is not here (Debian: apt-get install swaks); net/smtp has to do")
		return
	}
	b := &box{}
	_, addr := start(t, b, func(c *Config) { c.TLS = certificate(t) })
	host, port, _ := strings.Cut(addr, ":")
	var out bytes.Buffer
	cmd := exec.Command("swaks", "--server", host, "--port", port, "--from", "ann@example.net", "--to", "security+1@example.org", "--helo", "swaks.example.net",
		"--header", "Subject: from swaks", "--attach-type", "text/plain", "--attach", "some text")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if m := b.all(); len(m) != 1 || !strings.Contains(m[0].raw, "Subject: from swaks") || m[0].Helo != "swaks.example.net" {
		t.Errorf("%+v\n%s", m, &out)
	}
}
