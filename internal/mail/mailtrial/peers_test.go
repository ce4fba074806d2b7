package mailtrial

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/jobs"
	"steward/internal/base/trial"
	"steward/internal/cvd"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
)

// TestPeers is the whole way there and back: a reporter writes in Neomutt,
// Postfix brings it to us by SMTP or by LMTP, our letters go back through
// Postfix, and Neomutt and GnuPG read them.
func TestPeers(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"smtp", "lmtp"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			w := newPeers(t, by)
			w.conversation(t)
			w.bounce(t)
		})
	}
}

// peers are an office and the mail server between it and the world.
type peers struct {
	*office
	ca         *mailtest.Authority
	mta        *mailtest.MTA
	faulty     *mailtest.Server // for bounce.test: takes nothing
	dana, lena *mailtest.Person
}

func newPeers(t *testing.T, by string) *peers {
	w := &peers{ca: mailtest.NewAuthority(t), faulty: mailtest.Sink(t, mailtest.SinkOptions{})}
	w.faulty.FailAll(mailtest.Fault{At: mailtest.AtRcpt, Code: 550})
	in := trial.Addr(t)
	way := "smtp:" + bracketed(in)
	set := map[string]string{"smtp_tls_policy_maps": "inline:{ {example.org=encrypt} }"}
	if by == "lmtp" {
		way, set = "lmtp:inet:"+in, nil
	}
	w.mta = mailtest.Postfix(t, mailtest.PostfixOptions{
		Relay:     map[string]string{"example.org": way, "bounce.test": "smtp:" + bracketed(w.faulty.Addr)},
		Mailboxes: []string{"dana@people.test", "lena@people.test"}, TLS: w.ca, RequireTLS: true, Settings: set,
	})
	p := plan{engine: "sqlite", relay: w.mta.Addr, env: []string{"SSL_CERT_FILE=" + w.ca.File}, more: "relay_tls = \"starttls\"\n" + certificate(t, w.ca)}
	if by == "lmtp" {
		p.lmtp = in
	} else {
		p.smtp = in
	}
	w.office = newOffice(t, p)
	w.dana = mailtest.NewPerson(t, "Dana", "dana@people.test", mailtest.CV25519)
	w.lena = mailtest.NewPerson(t, "Lena", "lena@people.test", mailtest.CV25519)
	for _, person := range []*mailtest.Person{w.dana, w.lena} {
		person.Knows(w.Signer.PublicKey())
	}
	w.keyed(w.lead, w.lena)
	w.start()
	return w
}

func bracketed(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	return "[" + host + "]:" + port
}

// certificate gives the settings for STARTTLS.
func certificate(t *testing.T, ca *mailtest.Authority) string {
	t.Helper()
	var chain []byte
	for _, der := range ca.Certificate.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ca.Certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"chain.pem": chain, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("certificate = %q\nkey = %q\n", dir+"/chain.pem", dir+"/key.pem")
}

// conversation is a report, its receipt, an answer and the answer to that.
func (w *peers) conversation(t *testing.T) {
	secret := "The parser überläuft.\n"
	mailtest.Neomutt(t, w.dana, w.mta.Addr, w.ca, mailtest.SignEncrypted, mailtest.Letter{
		To: w.email, Subject: "Ein Loch im Parser", Body: secret, Attachments: []mailtest.Attachment{
			{Name: "poc.bin", Type: "application/octet-stream", Content: []byte("\x00\x01\r\n.\r\n")},
			{Name: "dana.asc", Type: "application/pgp-keys", Content: w.dana.PublicKey()},
		},
	})
	m := w.filed("Ein Loch im Parser", mail.Filed)
	v, err := w.Cases.View(t.Context(), w.lead.Caller(), m.Case)
	w.must(err)
	r := v.Reports[0]
	if !strings.Contains(r.Submission.What, "überläuft") || r.Submission.PGPKey == "" || len(r.Files) != 3 {
		t.Errorf("the report: %+v", r)
	}
	w.reads(t, w.lena, 1, "überläuft")
	receipt := w.reads(t, w.dana, 1, r.SHA256)
	if read, err := w.dana.ReadPGPMIME(receipt.Raw); err != nil || !read.Encrypted || !strings.Contains(read.Subject, "Ein Loch im Parser") || strings.Contains(receipt.Header("Subject"), "Loch") {
		t.Errorf("the receipt: %+v, %v", read, err)
	}
	if _, err := w.Cases.Message(t.Context(), w.lead.Caller(), m.Case, "", cvd.Letter{Body: "Wir sehen es auch. Welche Version?"}); err != nil {
		t.Fatal(err)
	}
	answer := w.reads(t, w.dana, 2, "Welche Version?")
	_, to, _ := strings.Cut(answer.Header("Reply-To"), "<")
	to = strings.TrimSuffix(to, ">")
	mailtest.Neomutt(t, w.dana, w.mta.Addr, w.ca, mailtest.InClear, mailtest.Letter{To: to, Subject: "Re: ...", Body: "Es ist 1.1.\n"})
	if again := w.filed("Re: ...", mail.Answered); again.Case != m.Case {
		t.Errorf("the answer went to case %s", again.Case)
	}
	w.reads(t, w.lena, 2, "Es ist 1.1.")
	if raw, _, err := w.Mail.Raw(t.Context(), w.lead.Caller(), m.ID); err != nil || !strings.Contains(string(raw), "by steward.example.org with ") || strings.Contains(string(raw), secret) {
		t.Errorf("the mail as it came: %v\n%.600s", err, raw)
	}
}

// filed waits for a mail with a subject.
func (w *peers) filed(subject string, state mail.State) (found mail.Mail) {
	w.t.Helper()
	w.await(fmt.Sprintf("a mail %q is %s", subject, state), func() bool {
		list, _, err := w.Mail.List(w.t.Context(), w.lead.Caller(), state, "")
		w.must(err)
		for _, m := range list {
			if m.Subject == subject {
				found = m
			}
		}
		return found.ID != ""
	})
	return found
}

// reads waits for the nth letter to a person, who opens it in Neomutt.
func (w *peers) reads(t *testing.T, p *mailtest.Person, n int, words string) mailtest.Message {
	t.Helper()
	m := w.mta.Mailbox(t, p.Email, n)[n-1]
	if s := mailtest.NeomuttReads(t, p, m.Raw); !s.Good || !strings.Contains(s.Text, words) {
		t.Errorf("%s sees no %q; a good signature: %v\n%s", p.Name, words, s.Good, s.Text)
	}
	return m
}

// bounce has a letter come back that Postfix took and could not bring on.
func (w *peers) bounce(t *testing.T) {
	out, err := mailtest.Swaks(t, w.mta.Addr, "--tls", "--from", "ghost@bounce.test", "--to", w.email, "--header", "Subject: From a ghost", "--body", "boo")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.filed("From a ghost", mail.Filed)
	w.await("the receipt has come back", func() bool { return w.counts()[jobs.Failed] == 1 })
	w.must(w.DB.Read(t.Context(), func(q db.Queryer) error {
		list, err := w.Jobs.Troubled(t.Context(), q, 10, 1)
		if len(list) != 1 || list[0].State != jobs.Failed || list[0].Problem != "it came back: 5.3.0" {
			t.Errorf("what came back: %+v", list)
		}
		return err
	}))
	w.settle()
	list, _, err := w.Mail.List(t.Context(), w.lead.Caller(), mail.SetAside, "")
	if err != nil || len(list) != 1 || list[0].Sender != "" {
		t.Errorf("set aside: %+v, %v", list, err)
	}
}

// TestSwaks: what a plain client is told, by the whole server.
func TestSwaks(t *testing.T) {
	t.Parallel()
	ca := mailtest.NewAuthority(t)
	o := newOffice(t, plan{engine: "sqlite", more: "max_bytes = 65536\n" + certificate(t, ca)})
	o.start()
	large := filepath.Join(t.TempDir(), "large")
	o.must(os.WriteFile(large, []byte(strings.Repeat(strings.Repeat("x", 98)+"\r\n", 70<<10/100)), 0o600))
	swaks := func(name, want string, args ...string) {
		t.Helper()
		out, err := mailtest.Swaks(t, o.smtp, append([]string{"--to", o.email, "--header", "Subject: " + name}, args...)...)
		if !strings.Contains(out, "<** "+want) && !(want == "250" && err == nil && strings.Contains(out, "QUIT")) && !strings.Contains(out, "<~* "+want) {
			t.Errorf("%s: %v, want %s in\n%.3000s", name, err, want, tail(out))
		}
	}
	swaks("plain", "250", "--body", "hello")
	swaks("attachment", "250", "--body", "hello", "--attach", "@/etc/hostname")
	swaks("starttls", "250", "--tls", "--tls-verify", "--tls-ca-path", ca.File, "--body", "hello")
	swaks("too large", "552", "--data", "@"+large)
	swaks("unknown", "550", "--to", "nobody@example.org")
	swaks("elsewhere", "550", "--to", "someone@example.com")
	aside := o.Dir.Blobs() + ".aside"
	o.must(os.Rename(o.Dir.Blobs(), aside))
	o.must(os.WriteFile(o.Dir.Blobs(), nil, 0o600)) // the disk refuses
	swaks("no disk", "451", "--body", "hello")
	o.must(os.Remove(o.Dir.Blobs()))
	o.must(os.Rename(aside, o.Dir.Blobs()))
	swaks("disk again", "250", "--body", "hello")
	o.settle()
	n, err := o.Mail.Counts(t.Context(), o.lead.Caller())
	if o.must(err); n[mail.Filed] != 4 || len(n) != 1 {
		t.Errorf("mails: %v", n)
	}
}
