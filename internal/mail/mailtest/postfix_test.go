package mailtest_test

import (
	"crypto/tls"
	"net"
	"net/smtp"
	"slices"
	"strings"
	"testing"

	"steward/internal/mail/mailtest"
)

// send sends one mail by the client of the standard library, which is not the
// one under test either.
func send(t *testing.T, addr string, trust *tls.Config, from string, to []string, raw string) error {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if trust != nil {
		if err := c.StartTLS(trust); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, r := range to {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(raw)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

const plain = "From: Ada <ada@people.test>\r\nTo: team@project.test\r\nSubject: A mail\r\n\r\nHello.\r\n.\r\n"

func TestPostfixRelays(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"smtp", "lmtp"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			ours := mailtest.Sink(t, mailtest.SinkOptions{LMTP: protocol == "lmtp"})
			ours.Fail(1, mailtest.Fault{At: mailtest.AtRcpt, Code: 451}) // it must come again
			next := "smtp:[127.0.0.1]:"
			if protocol == "lmtp" {
				next = "lmtp:inet:127.0.0.1:"
			}
			_, port, _ := net.SplitHostPort(ours.Addr)
			mta := mailtest.Postfix(t, mailtest.PostfixOptions{
				Relay:     map[string]string{"project.test": next + port},
				Mailboxes: []string{"ada@people.test"},
			})
			if err := send(t, mta.Addr, nil, "ada@people.test", []string{"team@project.test"}, plain); err != nil {
				t.Fatal(err)
			}
			got := ours.Wait(t, 1)[0]
			if got.From != "ada@people.test" || !slices.Equal(got.To, []string{"team@project.test"}) || !strings.Contains(got.Body(), "Hello.\r\n.\r\n") {
				t.Errorf("our server got %+v", got)
			}
			if n := ours.Begun(); n != 2 {
				t.Errorf("postfix tried %d times, not 2", n)
			}

			ours.FailAll(mailtest.Fault{At: mailtest.AtRcpt, Code: 550})
			if err := send(t, mta.Addr, nil, "ada@people.test", []string{"team@project.test"}, plain); err != nil {
				t.Fatal(err)
			}
			bounce := mta.Mailbox(t, "ada@people.test", 1)[0]
			if bounce.From != "" || !strings.Contains(bounce.Header("Content-Type"), "report-type=delivery-status") {
				t.Errorf("the bounce is %+v", bounce)
			}
		})
	}
}

func TestPostfixDelivers(t *testing.T) {
	t.Parallel()
	ca := mailtest.NewAuthority(t)
	mta := mailtest.Postfix(t, mailtest.PostfixOptions{Mailboxes: []string{"team@project.test", "ada@people.test"}, TLS: ca, RequireTLS: true})
	to := []string{"team@project.test", "ada@people.test"}
	if err := send(t, mta.Addr, nil, "ada@people.test", to, plain); err == nil {
		t.Error("postfix took mail without TLS")
	}
	trust := &tls.Config{RootCAs: ca.Pool, ServerName: mailtest.Host}
	for range 2 {
		if err := send(t, mta.Addr, trust, "ada@people.test", to, plain); err != nil {
			t.Fatal(err)
		}
	}
	for _, address := range to {
		for _, m := range mta.Mailbox(t, address, 2) {
			if m.From != "ada@people.test" || m.Header("Subject") != "A mail" || !strings.HasPrefix(m.Body(), "Hello.\n") {
				t.Errorf("%s got %+v", address, m)
			}
		}
	}
	if err := send(t, mta.Addr, trust, "ada@people.test", []string{"nobody@project.test"}, plain); err == nil {
		t.Error("postfix took mail for a mailbox that is not there")
	}
}
