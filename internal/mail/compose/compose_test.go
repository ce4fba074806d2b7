package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime"
	stdmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"pgregory.net/rapid"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// stream is randomness that is the same each time.
type stream struct {
	state [32]byte
}

func newStream(seed string) *stream { return &stream{sha256.Sum256([]byte(seed))} }

func (s *stream) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		s.state = sha256.Sum256(s.state[:])
		n += copy(p[n:], s.state[:16])
	}
	return n, nil
}

func newTeam(t testing.TB) *sign.Signer {
	t.Helper()
	s, err := sign.Generate(nil, "Example Security Team", "security@example.org", noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sample() Letter {
	return Letter{
		From:      Address{"Example Security Team", "security@example.org"},
		To:        Address{"Jörg Müller", "joerg@example.net"},
		Subject:   "Heap overflow in parse_header() – please confirm",
		Date:      noon,
		MessageID: "0123@example.org",
		Text:      "Dear Jörg,\n\nFrom here on, a plan.\n.\n-- \nThe team\n",
	}
}

// kinds writes a letter in each of the three ways.
func kinds(t testing.TB, l Letter, team, jo *sign.Signer) map[string][]byte {
	t.Helper()
	to, err := sign.ParseRecipient(jo.PublicKey(), noon)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for name, write := range map[string]func() ([]byte, error){
		"plain":     func() ([]byte, error) { return Plain(l, newStream("a")) },
		"signed":    func() ([]byte, error) { return Signed(l, team, newStream("a")) },
		"encrypted": func() ([]byte, error) { return Encrypted(l, team, to, "", newStream("a")) },
	} {
		msg, err := write()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = msg
	}
	return all
}

// checkLines: every line ends in CRLF, has a legal length and no bare CR or LF.
func checkLines(t interface{ Errorf(string, ...any) }, msg []byte) {
	if !bytes.HasSuffix(msg, []byte("\r\n")) {
		t.Errorf("the message does not end in CRLF")
	}
	for line := range bytes.SplitSeq(msg, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("a line of %d bytes: %.80q", len(line), line)
		}
	}
}

// fields lists the names of the header fields of a message.
func fields(msg []byte) []string {
	head, _, _ := bytes.Cut(msg, []byte("\r\n\r\n"))
	var names []string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if line[0] != ' ' {
			name, _, _ := strings.Cut(line, ":")
			names = append(names, name)
		}
	}
	return names
}

// open gives the text of a message, through the signature or the encryption.
func open(t testing.TB, msg []byte, jo *sign.Signer) (outer, inner message.Header, text string, files map[string][]byte) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	outer, inner = e.Header, e.Header
	switch kind, _, _ := e.Header.ContentType(); kind {
	case "multipart/signed":
		first, err := e.MultipartReader().NextPart()
		if err != nil {
			t.Fatal(err)
		}
		e = first
	case "multipart/encrypted":
		mr := e.MultipartReader()
		first, err := mr.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if version, _ := io.ReadAll(first.Body); string(version) != "Version: 1\r\n" && string(version) != "Version: 1" {
			t.Errorf("the first part says %q", version)
		}
		second, err := mr.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := io.ReadAll(second.Body)
		if err != nil {
			t.Fatal(err)
		}
		clear, err := jo.Decrypt(sealed, 1<<24)
		if err != nil {
			t.Fatal(err)
		}
		if e, err = message.Read(bytes.NewReader(clear)); err != nil {
			t.Fatal(err)
		}
		checkLines(t, append(clear, "\r\n"...))
	}
	inner = e.Header
	files = map[string][]byte{}
	err = e.Walk(func(_ []int, p *message.Entity, err error) error {
		if err != nil || p.MultipartReader() != nil {
			return err
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			return err
		}
		if disposition, params, _ := p.Header.ContentDisposition(); disposition == "attachment" {
			files[params["filename"]] = body
		} else {
			text = string(body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return outer, inner, text, files
}

// What is written comes out at the other end, in each kind.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	team, jo := newTeam(t), newTeam(t)
	for name, text := range map[string]string{
		"usual": sample().Text, "empty": "", "eight bit": "Grüße\n", "japanese": strings.Repeat("脆弱性の報告。", 100) + "\n",
		"long line": strings.Repeat("0123456789 ", 300) + "\n", "one long word": strings.Repeat("x", 5000) + "\n",
		"dots": ".\n..\n.x\n", "from": "From x\n>From y\nFrom\n", "spaces": "tail \ntab\t\n  \n", "equals": "a=b\n=3D=\n",
		"controls": "bell\a null\x00 del\x7f\n", "no end": "no newline", "blank lines": "\n\n\nx\n\n\n", "boundary": "--=_\n--\n",
		"break at a dot":  strings.Repeat("x", 75) + "." + strings.Repeat("y", 74) + ".ü\n",
		"break at a From": strings.Repeat("x", 75) + "From From From ü\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := sample()
			l.Text = text
			l.Attachments = []Attachment{{"advisory.json", "application/json", []byte(`{"a":1}`)},
				{"Größe \"1\";x.bin", "application/octet-stream", bytes.Repeat([]byte{0, 10, 13, 255}, 100)}, {"empty", "text/csv", nil}}
			want := strings.ReplaceAll(text, "\n", "\r\n")
			if want != "" && !strings.HasSuffix(want, "\r\n") {
				want += "\r\n"
			}
			for kind, msg := range kinds(t, l, team, jo) {
				checkLines(t, msg)
				if !isASCII(string(msg)) {
					t.Errorf("%s: not ASCII", kind)
				}
				for line := range bytes.SplitSeq(msg, []byte("\r\n")) {
					if bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(".")) {
						t.Errorf("%s: a line that a relay may alter: %q", kind, line)
					}
				}
				_, inner, got, files := open(t, msg, jo)
				if got != want {
					t.Errorf("%s: text %q, want %q", kind, got, want)
				}
				for _, a := range l.Attachments {
					if data, ok := files[a.Name]; !ok || !bytes.Equal(data, a.Data) {
						t.Errorf("%s: attachment %q came out as %q, %v", kind, a.Name, data, ok)
					}
				}
				if subject, err := inner.Text("Subject"); kind != "plain" && (err != nil || subject != l.Subject) {
					t.Errorf("%s: subject within %q, %v", kind, subject, err)
				}
			}
		})
	}
}

// The standard library reads the header as it was meant.
func TestHeaderByNetMail(t *testing.T) {
	t.Parallel()
	team, jo := newTeam(t), newTeam(t)
	l := sample()
	l.From.Name, l.To.Name = `Team "A" <x@evil.example>, (b)`, "J. Doe"
	l.ReplyTo = Address{"", "reply@bücher.example"}
	l.InReplyTo, l.References = "1@example.net", []string{"0@example.net", "1@example.net"}
	l.Automatic, l.Autocrypt = true, true
	l.List = &List{"advisories.example.org", "Advisories", "https://example.org/u?t=abc", "leave@example.org"}
	for kind, raw := range kinds(t, l, team, jo) {
		msg, err := stdmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		h := msg.Header
		from, err := h.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Name != l.From.Name || from[0].Address != l.From.Email {
			t.Errorf("%s: from %v, %v", kind, from, err)
		}
		to, err := h.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Name != l.To.Name || to[0].Address != l.To.Email {
			t.Errorf("%s: to %v, %v", kind, to, err)
		}
		reply, err := h.AddressList("Reply-To")
		if err != nil || reply[0].Address != "reply@xn--bcher-kva.example" {
			t.Errorf("%s: reply to %v, %v", kind, reply, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		want := l.Subject
		if kind == "encrypted" {
			want = HiddenSubject
		}
		if err != nil || subject != want {
			t.Errorf("%s: subject %q, %v", kind, subject, err)
		}
		if date, err := h.Date(); err != nil || !date.Equal(noon) {
			t.Errorf("%s: date %v, %v", kind, date, err)
		}
		for name, want := range map[string]string{
			"Message-ID": "<0123@example.org>", "In-Reply-To": "<1@example.net>", "References": "<0@example.net> <1@example.net>",
			"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "List-Id": "Advisories <advisories.example.org>",
			"List-Unsubscribe":      "<https://example.org/u?t=abc>, <mailto:leave@example.org>",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0", "Bcc": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", kind, name, got, want)
			}
		}
		key := strings.ReplaceAll(h.Get("Autocrypt"), " ", "")
		raw, err := team.PublicKeyBytes()
		if err != nil {
			t.Fatal(err)
		}
		want = "addr=security@example.org;prefer-encrypt=mutual;keydata=" + base64.StdEncoding.EncodeToString(raw)
		if kind == "plain" {
			want = ""
		}
		if key != want {
			t.Errorf("%s: Autocrypt %q", kind, key)
		}
	}
}

// Nothing of an encrypted letter is outside, and within is what the outside was.
func TestEncryptedHides(t *testing.T) {
	t.Parallel()
	team, jo := newTeam(t), newTeam(t)
	to, err := sign.ParseRecipient(jo.PublicKey(), noon)
	if err != nil {
		t.Fatal(err)
	}
	l := sample()
	l.Subject, l.Text = "canarysubject", "canarytext"
	l.Attachments = []Attachment{{"canaryname.txt", "text/x-canarytype", []byte("canarydata")}}
	msg, err := Encrypted(l, team, to, "A message of the security team\r\nBcc: x@example.com", newStream("a"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(msg, []byte("canary")) {
		t.Errorf("in clear:\n%s", msg)
	}
	outer, inner, _, _ := open(t, msg, jo)
	if got, _ := outer.Text("Subject"); got != "A message of the security team Bcc: x@example.com" {
		t.Errorf("outer subject %q", got)
	}
	_, params, err := inner.ContentType()
	if err != nil || params["hp"] != "cipher" || params["protected-headers"] != "v1" {
		t.Errorf("%v, %v", params, err)
	}
	var said []string
	for f := inner.FieldsByKey("HP-Outer"); f.Next(); {
		said = append(said, f.Value())
	}
	if !slices.Contains(said, "Subject: A message of the security team Bcc: x@example.com") || !slices.Contains(said, "Message-ID: <0123@example.org>") {
		t.Errorf("HP-Outer: %q", said)
	}
}

// The same letter with the same randomness is the same bytes.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	team, jo := newTeam(t), newTeam(t)
	l := sample()
	l.Attachments = []Attachment{{"a", "text/plain", []byte("x")}}
	a, b := kinds(t, l, team, jo), kinds(t, l, team, jo)
	for _, kind := range []string{"plain", "signed"} {
		if !bytes.Equal(a[kind], b[kind]) {
			t.Errorf("%s differs", kind)
		}
	}
	if _, err := Plain(l, strings.NewReader("short")); err == nil {
		t.Error("a boundary was drawn from nothing")
	}
}

// What cannot be written is refused, each fault with its field.
func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, break1 := range map[string]func(*Letter){
		"from":                  func(l *Letter) { l.From = Address{} },
		"to injected":           func(l *Letter) { l.To.Email = "a@example.net\r\nBcc: b@example.net" },
		"to two":                func(l *Letter) { l.To.Email = "a@example.net,b@example.net" },
		"to group":              func(l *Letter) { l.To.Email = "g:a@example.net;" },
		"to quoted":             func(l *Letter) { l.To.Email = `"a b"@example.net` },
		"to long":               func(l *Letter) { l.To.Email = strings.Repeat("a", 65) + "@example.net" },
		"to literal":            func(l *Letter) { l.To.Email = "a@[127.0.0.1]" },
		"reply":                 func(l *Letter) { l.ReplyTo.Name = "x" },
		"date":                  func(l *Letter) { l.Date = time.Time{} },
		"id":                    func(l *Letter) { l.MessageID = "" },
		"id injected":           func(l *Letter) { l.MessageID = "a@b>\r\nX: y" },
		"reply id":              func(l *Letter) { l.InReplyTo = "<a@b>" },
		"references":            func(l *Letter) { l.References = []string{"a@b", "c"} },
		"unsubscribe http":      func(l *Letter) { l.List = &List{Unsubscribe: "http://example.org/"} },
		"unsubscribe injected":  func(l *Letter) { l.List = &List{Unsubscribe: "https://example.org/>\r\nX: y"} },
		"unsubscribe mailto":    func(l *Letter) { l.List = &List{Mailto: "a@example.org?bcc=b@example.org"} },
		"list id":               func(l *Letter) { l.List = &List{ID: "a b"} },
		"attachment type":       func(l *Letter) { l.Attachments = []Attachment{{"a", "text/plain\r\nX: y", nil}} },
		"attachment message":    func(l *Letter) { l.Attachments = []Attachment{{"a", "message/rfc822", nil}} },
		"attachment parameters": func(l *Letter) { l.Attachments = []Attachment{{"a", "text/plain; charset=x", nil}} },
		"attachment name":       func(l *Letter) { l.Attachments = []Attachment{{"\n", "text/plain", nil}} },
		"attachments many":      func(l *Letter) { l.Attachments = make([]Attachment, maxAttachments+1) },
		"text large":            func(l *Letter) { l.Text = strings.Repeat("x", maxText+1) },
	} {
		l := sample()
		break1(&l)
		msg, err := Plain(l, newStream("a"))
		if err == nil {
			t.Errorf("%s: written:\n%.500s", name, msg)
			continue
		}
		if ps, ok := err.(errs.Problems); !ok || len(ps) == 0 || ps[0].Field == "" {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// Whatever stands in a letter, its header has the fields that we write and no
// other, and its lines are legal.
func TestNothingIsInjected(t *testing.T) {
	t.Parallel()
	team, jo := newTeam(t), newTeam(t)
	to, err := sign.ParseRecipient(jo.PublicKey(), noon)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
		"X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Autocrypt", "MIME-Version",
		"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}
	piece := rapid.SampledFrom([]string{"\r\n", "\n", "\r", "\x00", "\u2028", "\u0085", "Bcc: v@example.com", "X-Evil: 1", ">", "<", "\"", "\\", ",", ";",
		":", " ", "\t", "=?utf-8?Q?=0D=0ABcc:_x?=", "\xff", "ü", "脆", "a@example.net", "x", strings.Repeat("long", 300), "From ", ".", "--", "=_"})
	hostile := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
	})
	rapid.Check(t, func(rt *rapid.T) {
		maybe := func(name, usual string) string {
			if rapid.Bool().Draw(rt, name+" hostile") {
				return hostile.Draw(rt, name)
			}
			return usual
		}
		l := sample()
		l.From.Name, l.To.Name, l.Subject, l.Text = hostile.Draw(rt, "from"), hostile.Draw(rt, "to"), hostile.Draw(rt, "subject"), hostile.Draw(rt, "text")
		l.To.Email = maybe("email", "a@example.net")
		l.InReplyTo = maybe("reply", "1@example.net")
		l.Attachments = []Attachment{{maybe("file", "a.txt"), maybe("type", "text/plain"), []byte(l.Text)}}
		l.List = &List{Name: hostile.Draw(rt, "list"), ID: maybe("id", "a.example.org"), Unsubscribe: maybe("link", "https://example.org/")}
		l.Autocrypt = true
		for _, write := range []func() ([]byte, error){
			func() ([]byte, error) { return Plain(l, newStream("a")) },
			func() ([]byte, error) { return Signed(l, team, newStream("a")) },
			func() ([]byte, error) { return Encrypted(l, team, to, l.Subject, newStream("a")) },
		} {
			msg, err := write()
			if err != nil {
				if _, ok := err.(errs.Problems); !ok {
					rt.Fatalf("%v", err)
				}
				continue
			}
			checkLines(rt, msg)
			names := fields(msg)
			for _, name := range names {
				if !slices.Contains(allowed, name) {
					rt.Errorf("a field %q in\n%.2000s", name, msg)
				}
			}
			slices.Sort(names)
			if len(slices.Compact(slices.Clone(names))) != len(names) {
				rt.Errorf("a field twice: %q", names)
			}
			parsed, err := stdmail.ReadMessage(bytes.NewReader(msg))
			if err != nil {
				rt.Fatalf("%v", err)
			}
			if list, err := parsed.Header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != l.To.Email {
				rt.Errorf("to %v, %v", list, err)
			}
			if _, err := message.Read(bytes.NewReader(msg)); err != nil {
				rt.Errorf("%v", err)
			}
		}
	})
}
