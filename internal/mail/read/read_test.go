package read_test

import (
	"slices"
	"strings"
	"testing"

	"steward/internal/base/cputime"
	"steward/internal/base/sign"
	"steward/internal/mail/read"
	"steward/internal/mail/read/readtest"
)

func TestCorpus(t *testing.T) {
	t.Parallel()
	w := readtest.NewWorld(t)
	all := readtest.Corpus(w)
	if len(all) < 70 {
		t.Errorf("%d mails", len(all))
	}
	for _, o := range all {
		t.Run(o.Name, func(t *testing.T) {
			raw := o.Wire()
			var m read.Message
			if took := cputime.Of(func() { m = w.Reader().Read(raw) }); took.Seconds() > 5 {
				t.Errorf("it took %v", took)
			}
			check(t, o, m)
		})
	}
}

func names(c read.Content) []string {
	var out []string
	for _, a := range c.Attachments {
		out = append(out, a.Name)
	}
	return out
}

func check(t *testing.T, o readtest.Odd, m read.Message) {
	t.Helper()
	var codes []read.Code
	for _, p := range m.Problems {
		if !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	slices.Sort(codes)
	want := slices.Clone(o.Problems)
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Errorf("problems %q, want %q", codes, want)
	}
	if o.Subject == "" {
		o.Subject = "A hole"
	}
	if o.Subject != "-" && m.Subject != o.Subject {
		t.Errorf("subject %q, want %q", m.Subject, o.Subject)
	}
	if o.Kind == "" {
		o.Kind = read.KindLetter
	}
	if !strings.Contains(m.Text, o.Text) || (o.Text == "" && o.Kind != read.KindBounce && strings.TrimSpace(m.Text) != "" && o.Name != "tags everywhere" && o.Name != "CR only") {
		t.Errorf("text %.300q, want %q", m.Text, o.Text)
	}
	if !strings.Contains(m.Outside.Text, o.Outside) || (o.Outside == "") != (m.Outside.Text == "") {
		t.Errorf("outside %.300q, want %q", m.Outside.Text, o.Outside)
	}
	if got := names(m.Content); !slices.Equal(got, o.Files) {
		t.Errorf("files %q, want %q", got, o.Files)
	}
	if got := names(m.Outside); !slices.Equal(got, o.Beyond) {
		t.Errorf("files outside %q, want %q", got, o.Beyond)
	}
	if m.Kind != o.Kind {
		t.Errorf("kind %q, want %q", m.Kind, o.Kind)
	}
	if o.Form == "" {
		o.Form = read.FormNone
	}
	if o.Verdict == "" {
		o.Verdict = sign.None
	}
	if c := m.Crypto; c.Form != o.Form || c.Encrypted != o.Encrypted || c.Signature.Verdict != o.Verdict {
		t.Errorf("%+v, want %s, encrypted %v, %s", c, o.Form, o.Encrypted, o.Verdict)
	}
	if len(m.Keys) != o.Keys {
		t.Errorf("%d keys, want %d", len(m.Keys), o.Keys)
	}
	if (o.Kind == read.KindBounce) != (m.Kind == read.KindBounce && len(m.Bounce.Recipients) == 1 && m.Bounce.Recipients[0].Addr == "bob@example.com" && m.Bounce.MessageID == "case-1@steward.example.org") {
		t.Errorf("bounce %+v", m.Bounce)
	}
	for _, s := range []string{m.Text, m.Outside.Text, m.Subject, m.From.Name} {
		if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || read.Deceiving(c) }) {
			t.Errorf("control characters in %.100q", s)
		}
	}
}
