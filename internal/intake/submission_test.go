package intake

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"steward/internal/base/blob"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

var testTime = time.Date(2026, 11, 23, 9, 30, 15, 123456000, time.UTC)

// goodSubmission has every field filled in.
func goodSubmission() Submission {
	return Submission{
		Token: "token-of-a-form-0001", Channel: Web,
		Product: "curl", Versions: "8.4.0", Summary: "Heap overflow in SOCKS5",
		What: "A long host name\r\noverflows <buffer> & more.\x1b[0m", Reproduce: "$ curl -x socks5h://x", Impact: "Code execution",
		Attachments: []Attachment{{Ref: blob.Ref{ID: "blob1", Size: 12, SHA256: strings.Repeat("ab", 32)}, Name: "../poc.c", Type: "text/x-c; charset=utf-8"}},
		Reporter:    Reporter{Name: "Zoë", Contact: "zoe@example.org"},
		Credit:      Credit{Want: CreditYes, Name: "Zoë of Example"},
		PublicPlan:  "2027-02-01, at a conference",
	}
}

func TestAcceptNamesEveryFault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Submission)
		fields []string // at fault, in order
	}{
		{"good", func(*Submission) {}, nil},
		{"least", func(s *Submission) {
			*s = Submission{Token: s.Token, Channel: API, Summary: "a", What: "b"}
		}, nil},
		{"at the limits", func(s *Submission) {
			s.Summary, s.What, s.Impact = strings.Repeat("s", MaxLine), strings.Repeat("é", MaxText/2), strings.Repeat("i", MaxImpact)
			s.Token = strings.Repeat("T", MaxToken)
		}, nil},
		{"over the limits", func(s *Submission) {
			s.Product, s.Versions, s.Summary = strings.Repeat("p", MaxLine+1), strings.Repeat("v", MaxVersions+1), strings.Repeat("s", MaxLine+1)
			s.What, s.Reproduce, s.Impact = strings.Repeat("w", MaxText+1), strings.Repeat("r", MaxText+1), strings.Repeat("i", MaxImpact+1)
			s.Reporter.Name, s.Reporter.Contact = strings.Repeat("n", MaxLine+1), strings.Repeat("c", MaxLine+1)
			s.Credit.Name, s.PublicPlan = strings.Repeat("c", MaxLine+1), strings.Repeat("p", MaxPlan+1)
			s.PGPKey = strings.Repeat("k", MaxPGPKey+1)
			s.Attachments[0].Name, s.Attachments[0].Type = strings.Repeat("n", MaxLine+1), strings.Repeat("t", MaxLine+1)
		}, []string{"summary", "product", "versions", "what", "reproduce", "impact", "reporter.name", "reporter.contact",
			"credit.name", "public_plan", "pgp_key", "attachments[0].name", "attachments[0].type"}},
		{"blank", func(s *Submission) { s.Summary, s.What = " \t", "\n" }, []string{"summary", "what"}},
		{"two lines", func(s *Submission) { s.Summary, s.Product = "a\nb", "a\u2028b" }, []string{"summary", "product"}},
		{"turned text", func(s *Submission) { s.Reporter.Name = "abc\u202efed" }, []string{"reporter.name"}},
		{"no UTF-8", func(s *Submission) { s.What, s.Attachments[0].Name = "a\xffb", "\xfe" }, []string{"what", "attachments[0].name"}},
		{"short token", func(s *Submission) { s.Token = strings.Repeat("a", MinToken-1) }, []string{"token"}},
		{"long token", func(s *Submission) { s.Token = strings.Repeat("a", MaxToken+1) }, []string{"token"}},
		{"token with a space", func(s *Submission) { s.Token = "token of a form 1" }, []string{"token"}},
		{"channel", func(s *Submission) { s.Channel = "fax" }, []string{"channel"}},
		{"found inside, by nobody", func(s *Submission) { s.Channel = Internal }, []string{"found_by"}},
		{"found inside", func(s *Submission) { s.Channel, s.FoundBy = Internal, "Ada" }, nil},
		{"found outside by a member", func(s *Submission) { s.FoundBy = "Ada" }, []string{"found_by"}},
		{"anonymous with a name", func(s *Submission) { s.Reporter.Anonymous = true }, []string{"reporter.anonymous"}},
		{"anonymous with a pen name for the credit", func(s *Submission) { s.Reporter = Reporter{Anonymous: true} }, nil},
		{"credit for nobody", func(s *Submission) { s.Reporter, s.Credit = Reporter{}, Credit{Want: CreditYes} }, []string{"credit.name"}},
		{"credit to the reporter", func(s *Submission) { s.Credit = Credit{Want: CreditYes} }, nil},
		{"credit perhaps", func(s *Submission) { s.Credit.Want = "perhaps" }, []string{"credit.want"}},
		{"no key", func(s *Submission) { s.PGPKey = "0xDEADBEEF" }, []string{"pgp_key"}},
		{"too many files", func(s *Submission) {
			s.Attachments = slices.Repeat(s.Attachments, MaxAttachments+1)
		}, []string{"attachments"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := goodSubmission()
			tt.change(&s)
			_, err := s.Accept(testTime)
			if got := faultyFields(err); !slices.Equal(got, tt.fields) {
				t.Errorf("fields at fault: %q, want %q (%v)", got, tt.fields, err)
			}
		})
	}
}

func faultyFields(err error) []string {
	ps, _ := errors.AsType[errs.Problems](err)
	var fields []string
	for _, p := range ps {
		fields = append(fields, p.Field)
	}
	return fields
}

func TestAcceptTakesARealKey(t *testing.T) {
	t.Parallel()
	signer, err := sign.Generate(rand.Reader, "Zoë", "zoe@example.org", testTime.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	s := goodSubmission()
	s.PGPKey = string(signer.PublicKey())
	if _, err := s.Accept(testTime); err != nil {
		t.Errorf("a good key is refused: %v", err)
	}
	private, err := signer.Private()
	if err != nil {
		t.Fatal(err)
	}
	s.PGPKey = string(private)
	if _, err := s.Accept(testTime); !slices.Equal(faultyFields(err), []string{"pgp_key"}) {
		t.Errorf("a private key: %v", err)
	}
}

func TestOriginalKeepsWhatCame(t *testing.T) {
	t.Parallel()
	s := goodSubmission()
	o := accept(t, s)
	read, err := readOriginal(o.bytes)
	if err != nil {
		t.Fatal(err)
	}
	want := s
	want.Token, want.Attachments = "", nil // not in the bytes, and kept apart
	if fmt.Sprintf("%+v", read) != fmt.Sprintf("%+v", want) {
		t.Errorf("read back:\n%+v\nwant:\n%+v", read, want)
	}
	if !bytes.Contains(o.bytes, []byte(`overflows <buffer> & more.`)) {
		t.Errorf("the text is not readable in the kept bytes:\n%s", o.bytes)
	}
	if bytes.Contains(o.bytes, []byte(s.Token)) || bytes.Contains(o.bytes, []byte("blob1")) {
		t.Errorf("the token or a place in the blob store is in the kept bytes:\n%s", o.bytes)
	}
	if !bytes.Contains(o.bytes, []byte(strings.Repeat("ab", 32))) {
		t.Errorf("the hash of the attachment is not in the kept bytes:\n%s", o.bytes)
	}
}

func TestOriginalHash(t *testing.T) {
	t.Parallel()
	first := accept(t, goodSubmission()).SHA256()
	again := goodSubmission()
	again.Token, again.Attachments[0].Ref.ID = "another-token-00002", "blob2"
	if got := accept(t, again).SHA256(); got != first {
		t.Errorf("the token or the place of the attachment changes the hash: %s, %s", got, first)
	}
	for name, change := range map[string]func(*Submission){
		"what":       func(s *Submission) { s.What += " " },
		"reporter":   func(s *Submission) { s.Reporter.Contact = "" },
		"attachment": func(s *Submission) { s.Attachments[0].Ref.SHA256 = strings.Repeat("cd", 32) },
		"channel":    func(s *Submission) { s.Channel = API },
	} {
		s := goodSubmission()
		change(&s)
		if accept(t, s).SHA256() == first {
			t.Errorf("another %s gives the same hash", name)
		}
	}
}

func TestReadOriginalRefusesAnotherFormat(t *testing.T) {
	t.Parallel()
	for _, b := range []string{``, `{}`, `{"format":"steward report 2"}`, `[`} {
		if _, err := readOriginal([]byte(b)); err == nil {
			t.Errorf("%q is read", b)
		}
	}
}

func accept(t *testing.T, s Submission) Original {
	t.Helper()
	o, err := s.Accept(testTime)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDecode(t *testing.T) {
	t.Parallel()
	s, err := Decode(strings.NewReader(`{"product":"curl","summary":"S","what":"W","reporter":{"name":"N","anonymous":false},"credit":{"want":"no"}}`))
	if err != nil || s.Channel != API || s.Product != "curl" || s.Reporter.Name != "N" || s.Credit.Want != CreditNo {
		t.Errorf("got %+v, %v", s, err)
	}
	tests := []struct{ name, in, message string }{
		{"empty", ``, "not a report in JSON"},
		{"cut off", `{"summary":"a"`, "not a report in JSON"},
		{"no JSON", `summary=a`, "fault is at byte"},
		{"a list", `[]`, "must be a JSON object, not a array"},
		{"a number", `{"summary":1}`, "summary: This must be a JSON string, not a number."},
		{"deep within", `{"reporter":{"anonymous":"yes"}}`, "reporter.anonymous: This must be a JSON true or false"},
		{"unknown field", `{"canary":1}`, "has a field that we do not know"},
		{"channel is not theirs", `{"channel":"internal"}`, "has a field that we do not know"},
		{"two objects", `{"summary":"a"}{}`, "something after"},
		{"no UTF-8", "{\"summary\":\"\xff\"}", "not valid UTF-8"},
		{"too deep", `{"reporter":` + strings.Repeat(`[`, 20_000), ""},
		{"too large", `{"what":"` + strings.Repeat("a", maxDecode) + `"}`, "larger than"},
	}
	for _, tt := range tests {
		_, err := Decode(strings.NewReader(tt.in))
		if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Public(err), tt.message) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.message)
		}
		if strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%s: the error repeats the report: %v", tt.name, err)
		}
	}
}

func FuzzSubmission(f *testing.F) {
	f.Add([]byte(`{"product":"curl","summary":"S","what":"W \u0000","credit":{"want":"later"}}`))
	f.Add([]byte(`{"summary":"\ud800","what":"x"}`))
	f.Add([]byte(`{"reporter":{"name":"\u202e"}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := Decode(bytes.NewReader(in))
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("the error is no fault of the input: %v", err)
			}
			return
		}
		s.Token = "token-of-a-form-0001"
		o, err := s.Accept(testTime)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("the error is no fault of the input: %v", err)
			}
			return
		}
		read, err := readOriginal(o.bytes)
		if err != nil || read.What != s.What || read.Summary != s.Summary || read.Reporter != s.Reporter {
			t.Fatalf("what was kept is not what came: %+v, %v", read, err)
		}
		if !json.Valid(o.bytes) || !utf8.Valid(o.bytes) {
			t.Fatal("what was kept is no JSON")
		}
	})
}

func TestDisplayName(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"poc.c", "poc.c"},
		{"Beweis für Zoë.txt", "Beweis für Zoë.txt"},
		{"../../etc/passwd", "passwd"},
		{`C:\Users\me\poc.py`, "poc.py"},
		{"poc\r\nX-Header: 1.c", "pocX-Header_ 1.c"},
		{"gpj.\u202eexe.c", "gpj.exe.c"},
		{"a\u200bb", "ab"},
		{".bashrc", "bashrc"},
		{"-rf", "rf"},
		{"name. . ", "name"},
		{"a\tb\u00a0c", "ab c"},
		{`<img src=x>"';rm`, "_img src=x____rm"},
		{"$(id)`id`", "_(id)_id_"},
		{"bad\xffbyte", "badbyte"},
		{"", "attachment"},
		{"...", "attachment"},
		{"dir/", "attachment"},
		{strings.Repeat("a", 300) + ".tar.gz", strings.Repeat("a", 129) + "~" + strings.Repeat("a", 13) + ".tar.gz"},
	}
	for _, tt := range tests {
		if got := DisplayName(tt.in); got != tt.want {
			t.Errorf("DisplayName(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	long := DisplayName(strings.Repeat("é", 300) + "ü.c")
	if len(long) > maxDisplayName || !utf8.ValidString(long) || !strings.HasSuffix(long, "ü.c") {
		t.Errorf("a long name becomes %q", long)
	}
}

func TestMediaType(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"text/plain":                    "text/plain",
		"Text/HTML; charset=utf-8":      "text/html",
		"":                              "application/octet-stream",
		"text":                          "application/octet-stream",
		"a/b\r\nX: y":                   "application/octet-stream",
		"x/" + strings.Repeat("y", 200): "application/octet-stream",
	} {
		if got := mediaType(in); got != want {
			t.Errorf("mediaType(%q) = %q, want %q", in, got, want)
		}
	}
}
