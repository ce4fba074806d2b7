package read_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"steward/internal/base/sign"
	"steward/internal/mail/read"
	"steward/internal/mail/read/readtest"
)

// TestFields: what a mail says of itself, to the letter.
func TestFields(t *testing.T) {
	t.Parallel()
	raw := readtest.CRLF("From: =?utf-8?Q?J=C3=BCrgen?= <J@Example.NET>\nTo: \"Last, First\" <a@b.example>,\n c@d.example (comment), group: e@f.example;\nCc: <g@h.example>\n" +
		"Subject: Re: A\n hole\nDate: Fri, 20 Nov 2026 12:00:00 +0100\nMessage-ID: <x@y>\nIn-Reply-To: <1@z>\nReferences: <1@z>\n <2@z> junk <3@z\nX-Spam-Status: Yes, score=9\nList-Id: Words <l.example>\n\nHi\n")
	m := readtest.NewWorld(t).Reader().Read([]byte(raw))
	want := read.Message{
		From:    read.Address{"Jürgen", "J@example.net"},
		To:      []read.Address{{"Last, First", "a@b.example"}, {"comment", "c@d.example"}, {"", "e@f.example"}},
		Cc:      []read.Address{{"", "g@h.example"}},
		Subject: "Re: A hole", Date: time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC), MessageID: "x@y",
		InReplyTo: "1@z", References: []string{"1@z", "2@z"}, List: "l.example",
		Content: read.Content{Text: "Hi\n"}, SpamMarks: []string{"X-Spam-Status"}, Kind: read.KindLetter,
		Crypto: read.Crypto{Form: read.FormNone, Signature: sign.Signature{Verdict: sign.None}},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v\nwant %+v", m, want)
	}
	if got := read.From([]byte(raw)); got != want.From {
		t.Errorf("From gives %+v", got)
	}
}

// TestSenderIsOneAddress: what is not written as it should be is read where it
// is plain what is meant, and never as what could end a command or name two.
func TestSenderIsOneAddress(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"Ada: of us <ada@example.net>": "ada@example.net", "<<ada@example.net>": "ada@example.net", "Ada <ada@example.net": "ada@example.net",
		"Ada <a\"b@example.net>": "", "Ada <a\x01b@example.net>": "", "Ada <a b@example.net": "", "x; <a,b@example.net": "", "x; <a\\b@example.net": "",
		"Ada: <ada>": "", "Ada: <@example.net>": "", "Ada: <a@b@example.net>": "",
	} {
		if got := read.From([]byte("From: " + from + "\r\n\r\nHi\r\n")); got.Addr != want {
			t.Errorf("%q: %+v", from, got)
		}
	}
}

// TestWithoutTools: who has no keys reads what there is to read.
func TestWithoutTools(t *testing.T) {
	t.Parallel()
	w := readtest.NewWorld(t)
	for _, o := range readtest.Corpus(w) {
		m := read.Reader{}.Read(o.Wire())
		if m.Crypto.Encrypted || m.Crypto.Signature.Verdict == sign.Good || strings.Contains(m.Text+m.Outside.Text, "The secret") && o.Encrypted {
			t.Errorf("%s: %+v", o.Name, m.Crypto)
		}
	}
}

// TestOnlyWhatIsProtected: whatever the function says to have opened, what could
// have been altered, or was encrypted to nobody, is not shown.
func TestOnlyWhatIsProtected(t *testing.T) {
	t.Parallel()
	mail := []byte(readtest.CRLF(readtest.Top + readtest.Multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\nx")))
	for _, o := range []sign.Opened{{Encrypted: true}, {Protected: true}} {
		o.Plain = []byte(readtest.Text("The secret"))
		m := read.Reader{Open: func([]byte, int64) (sign.Opened, error) { return o, nil }}.Read(mail)
		if m.Crypto.Encrypted || m.Crypto.Failed == "" || strings.Contains(m.Text+m.Outside.Text, "secret") {
			t.Errorf("%+v", m)
		}
	}
}

// TestKeysAreUsable: a key that came along is one that can be written to.
func TestKeysAreUsable(t *testing.T) {
	t.Parallel()
	w := readtest.NewWorld(t)
	n := 0
	for _, o := range readtest.Protected(w) {
		for _, k := range w.Reader().Read(o.Wire()).Keys {
			n++
			if fpr, err := sign.CheckRecipient(k.Armored, readtest.Noon); err != nil || fpr != w.Them.Fingerprint() {
				t.Errorf("%s: %s key: %s, %v", o.Name, k.Source, fpr, err)
			}
			if k.Mutual != (k.Source == read.KeyAutocrypt) {
				t.Errorf("%s: mutual %v", o.Name, k.Mutual)
			}
		}
	}
	if n < 4 {
		t.Errorf("%d keys", n)
	}
}

// FuzzRead: any bytes are read within limits, into sound text, and nothing
// counts as encrypted or signed that our key or the sender's has not made so.
func FuzzRead(f *testing.F) {
	w := readtest.NewWorld(f)
	for _, o := range readtest.Corpus(w) {
		if raw := o.Wire(); len(raw) < 10000 && !o.Encrypted && o.Verdict != sign.Good {
			f.Add(raw)
		}
	}
	rd := w.Reader()
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := rd.Read(raw)
		if m.Crypto.Encrypted || m.Crypto.Signature.Verdict == sign.Good {
			t.Errorf("%+v", m.Crypto)
		}
		for _, s := range []string{m.Text, m.Outside.Text, m.Subject} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r") {
				t.Errorf("%q", s)
			}
		}
		for _, a := range append(m.Attachments, m.Outside.Attachments...) {
			if a.Name == "" || strings.ContainsAny(a.Name, "/\\\x00\n") || a.Name == ".." || len(a.Name) > read.MaxName+20 || !utf8.ValidString(a.Name) {
				t.Errorf("a file is named %q", a.Name)
			}
		}
		if len(m.Problems) > read.MaxProblems || len(m.Text) > read.MaxText {
			t.Errorf("%d problems, %d bytes", len(m.Problems), len(m.Text))
		}
	})
}

// FuzzInside: what is in an encrypted part is as hostile as what is around it.
func FuzzInside(f *testing.F) {
	for _, s := range []string{readtest.Text("x"), readtest.Page("<p>x"), readtest.Multi("signed", readtest.Text("a"), readtest.Text("b")), readtest.Multi("mixed", readtest.Text("a"))} {
		f.Add([]byte(s), []byte("list footer"))
	}
	outer := readtest.CRLF(readtest.Top + readtest.Multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\nx"))
	f.Fuzz(func(t *testing.T, inside, after []byte) {
		rd := read.Reader{Open: func([]byte, int64) (sign.Opened, error) {
			return sign.Opened{Plain: inside, Encrypted: true, Protected: true, Signature: sign.Signature{Verdict: sign.None}}, nil
		}}
		if m := rd.Read(fmt.Appendf(nil, "%s%s", outer, after)); !m.Crypto.Encrypted || m.Crypto.Failed != "" {
			t.Errorf("%+v", m.Crypto)
		}
	})
}
