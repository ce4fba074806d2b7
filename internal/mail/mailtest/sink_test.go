package mailtest_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"steward/internal/mail/mailtest"
)

func TestSwaks(t *testing.T) {
	t.Parallel()
	ca, other := mailtest.NewAuthority(t), mailtest.NewAuthority(t)
	s := mailtest.Sink(t, mailtest.SinkOptions{TLS: ca, RequireTLS: true, User: "ada", Password: "pw"})
	for name, c := range map[string]struct {
		args []string
		ok   bool
	}{
		"in clear":       {nil, false},
		"no password":    {[]string{"--tls"}, false},
		"wrong password": {[]string{"--tls", "--auth", "PLAIN", "--auth-user", "ada", "--auth-password", "no"}, false},
		"as it should":   {[]string{"--tls", "--tls-verify", "--tls-ca-path", ca.File, "--auth", "PLAIN", "--auth-user", "ada", "--auth-password", "pw"}, true},
		"not trusted":    {[]string{"--tls", "--tls-verify", "--tls-ca-path", other.File, "--auth", "PLAIN", "--auth-user", "ada", "--auth-password", "pw"}, false},
	} {
		out, err := mailtest.Swaks(t, s.Addr, append(c.args, "--to", "team@project.test", "--header", "Subject: "+name)...)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	implicit := mailtest.Sink(t, mailtest.SinkOptions{TLS: ca, ImplicitTLS: true})
	implicit.Fail(1, mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropAfter})
	out, err := mailtest.Swaks(t, implicit.Addr, "--tls-on-connect", "--tls-verify", "--tls-ca-path", ca.File, "--to", "team@project.test")
	if got := implicit.Messages(); err == nil || len(got) != 1 || !got[0].TLS {
		t.Errorf("TLS from the first byte: %v, %+v\n%s", err, got, out)
	}
	all := s.Messages()
	if len(all) != 1 || all[0].Header("Subject") != "as it should" || !all[0].TLS || all[0].From != "ada@people.test" {
		t.Errorf("the sink has %+v", all)
	}
}

// TestFaults: what the client of the standard library sees of each, and what
// the sink has then.
func TestFaults(t *testing.T) {
	t.Parallel()
	ca := mailtest.NewAuthority(t)
	for name, c := range map[string]struct {
		fault mailtest.Fault
		fails bool
		kept  int
		to    int // recipients that were kept
	}{
		"none":         {mailtest.Fault{}, false, 1, 2},
		"mail":         {mailtest.Fault{At: mailtest.AtMail, Code: 451}, true, 0, 0},
		"rcpt":         {mailtest.Fault{At: mailtest.AtRcpt, Code: 550}, true, 0, 0},
		"one rcpt":     {mailtest.Fault{At: mailtest.AtRcpt, Code: 550, Recipient: "b@project.test"}, true, 1, 1},
		"data":         {mailtest.Fault{At: mailtest.AtData, Code: 554}, true, 0, 0},
		"lost":         {mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropLost}, true, 0, 0},
		"kept":         {mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropKept}, true, 1, 2},
		"after answer": {mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropAfter}, false, 1, 2},
		"delay":        {mailtest.Fault{At: mailtest.AtData, Delay: 50 * time.Millisecond}, false, 1, 2},
	} {
		for _, encrypted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, TLS %v", name, encrypted), func(t *testing.T) {
				t.Parallel()
				s := mailtest.Sink(t, mailtest.SinkOptions{TLS: ca})
				s.Fail(1, c.fault)
				var trust *tls.Config
				if encrypted {
					trust = &tls.Config{RootCAs: ca.Pool, ServerName: mailtest.Host}
				}
				begin := time.Now()
				if err := untilAnswer(t, s.Addr, trust); (err != nil) != c.fails {
					t.Errorf("the client has %v", err)
				}
				if took := time.Since(begin); took < c.fault.Delay {
					t.Errorf("it took %v only", took)
				}
				all := s.Messages()
				if len(all) != c.kept || (c.kept == 1 && len(all[0].To) != c.to) {
					t.Errorf("the sink has %+v", all)
				}
				if err := untilAnswer(t, s.Addr, trust); err != nil {
					t.Errorf("the second message fails, too: %v", err)
				}
				if s.Begun() != 2 || len(s.Messages()) != c.kept+1 || len(s.For("a@project.test")) != c.kept+1 {
					t.Errorf("then the sink has %+v", s.Messages())
				}
			})
		}
	}
}

// untilAnswer sends a mail to a@ and b@project.test up to the answer to its
// dot, goes on after a refusal, and gives the first error.
func untilAnswer(t *testing.T, addr string, trust *tls.Config) (first error) {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	note := func(err error) bool {
		if first == nil {
			first = err
		}
		return err == nil
	}
	if trust != nil && !note(c.StartTLS(trust)) {
		return first
	}
	note(c.Mail("ada@people.test"))
	for _, to := range []string{"a@project.test", "b@project.test"} {
		note(c.Rcpt(to))
	}
	w, err := c.Data()
	if note(err) {
		_, err = w.Write([]byte(plain))
		note(err)
		note(w.Close())
	}
	return first
}

func TestSinkIsSafe(t *testing.T) {
	t.Parallel()
	s := mailtest.Sink(t, mailtest.SinkOptions{})
	s.FailAll(mailtest.Fault{At: mailtest.AtData, Code: 450})
	s.Fail(3, mailtest.Fault{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _ = untilAnswer(t, s.Addr, nil) })
	}
	wg.Wait()
	if s.Begun() != 20 || len(s.Wait(t, 1)) != 1 {
		t.Errorf("%d messages began, %d are kept", s.Begun(), len(s.Messages()))
	}
	raw, err := os.ReadFile(filepath.Join(s.Dir, "1.eml"))
	if err != nil || !bytes.Equal(raw, s.Messages()[0].Raw) || !slices.Equal(s.Messages()[0].To, []string{"a@project.test", "b@project.test"}) {
		t.Errorf("1.eml is %q, %v", raw, err)
	}
}
