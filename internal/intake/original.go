package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// originalFormat names the form of the kept bytes, for whoever reads one in
// ten years.
const originalFormat = "steward report 1"

// maxDecode is the most bytes that Decode reads: every text at its limit, each
// byte escaped as JSON needs at worst.
const maxDecode = 2 << 20

// Original is a submission that passed the checks, with the bytes that are
// kept for good.
type Original struct {
	submission Submission
	bytes      []byte
	sum        [sha256.Size]byte
}

// Accept checks a submission (errs.Problems names every field at fault) and
// fixes the bytes that are kept: its canonical JSON, in which each attachment
// stands with name, type, size and hash. Equal submissions give equal bytes;
// the token and the place of the attachments are no part of them. The time is
// used to tell whether the reporter's key has expired.
func (s Submission) Accept(now time.Time) (Original, error) {
	if err := s.check(now); err != nil {
		return Original{}, err
	}
	if s.Credit.Want == "" {
		s.Credit.Want = CreditLater
	}
	s.Attachments = slices.Clone(s.Attachments)
	b, err := s.canonical()
	if err != nil {
		return Original{}, fmt.Errorf("writing a submission as JSON: %w", err)
	}
	return Original{submission: s, bytes: b, sum: sha256.Sum256(b)}, nil
}

// Submission is what was accepted.
func (o Original) Submission() Submission { return o.submission }

// SHA256 is the hash of the kept bytes in hexadecimal.
func (o Original) SHA256() string { return hex.EncodeToString(o.sum[:]) }

// document is the form of the kept bytes.
type document struct {
	Format string `json:"format"`
	Submission
	Attachments []attached `json:"attachments,omitempty"` // in place of Submission.Attachments
}

// attached is an attachment as the kept bytes name it.
type attached struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// canonical writes the submission as JSON: fields in the order of the struct,
// two spaces of indent, UTF-8, one newline at the end.
func (s Submission) canonical() ([]byte, error) {
	d := document{Format: originalFormat, Submission: s}
	for _, a := range s.Attachments {
		d.Attachments = append(d.Attachments, attached{Name: a.Name, Type: a.Type, Size: a.Ref.Size, SHA256: a.Ref.SHA256})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// readOriginal reads kept bytes. Fields that it does not know are left alone:
// they were written by a later Steward.
func readOriginal(b []byte) (Submission, error) {
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return Submission{}, fmt.Errorf("reading a kept report: %w", err)
	}
	if d.Format != originalFormat {
		return Submission{}, errors.New("reading a kept report: its format is not known to this version")
	}
	return d.Submission, nil
}

// Decode reads the JSON of a submission from the API: one object, no field
// that we do not know, at most 2 MiB. Token, channel and finder are set by the
// face; attachments come apart.
func Decode(r io.Reader) (Submission, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxDecode+1))
	if err != nil {
		return Submission{}, errs.Invalidf("", "The report did not come in as a whole.").WithCause(err)
	}
	if len(b) > maxDecode {
		return Submission{}, errs.Invalidf("", "The report is larger than %d bytes.", maxDecode).
			WithHint("put long output into attached files")
	}
	if !utf8.Valid(b) {
		return Submission{}, errs.Invalidf("", "The report is not valid UTF-8.")
	}
	var w wire
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return Submission{}, decodeFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Submission{}, errs.Invalidf("", "There is something after the JSON object.")
	}
	return w.submission(), nil
}

// wire is what the API takes.
type wire struct {
	Product    string   `json:"product"`
	Versions   string   `json:"versions"`
	Summary    string   `json:"summary"`
	What       string   `json:"what"`
	Reproduce  string   `json:"reproduce"`
	Impact     string   `json:"impact"`
	Reporter   Reporter `json:"reporter"`
	Credit     Credit   `json:"credit"`
	PublicPlan string   `json:"public_plan"`
	PGPKey     string   `json:"pgp_key"`
}

func (w wire) submission() Submission {
	return Submission{
		Channel: API, Product: w.Product, Versions: w.Versions, Summary: w.Summary, What: w.What,
		Reproduce: w.Reproduce, Impact: w.Impact, Reporter: w.Reporter, Credit: w.Credit,
		PublicPlan: w.PublicPlan, PGPKey: w.PGPKey,
	}
}

// decodeFault says what is wrong with a JSON text. The library's own message
// goes to the operator only where it cannot hold a piece of the text.
func decodeFault(err error) error {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return errs.Invalidf(t.Field, "This must be a JSON %s, not a %s.", jsonKind(t), t.Value)
	}
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errs.Invalidf("", "This is not JSON: the fault is at byte %d.", s.Offset)
	}
	return errs.Invalidf("", "This is not a report in JSON: it is cut off or has a field that we do not know.").
		WithHint("the fields are product, versions, summary, what, reproduce, impact, reporter, credit, public_plan and pgp_key")
}

func jsonKind(t *json.UnmarshalTypeError) string {
	switch t.Type.Kind().String() {
	case "bool":
		return "true or false"
	case "struct":
		return "object"
	default:
		return "string"
	}
}
