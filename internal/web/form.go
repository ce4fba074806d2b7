package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/throttle"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// Limits of what one form may bring beside files.
const (
	maxFields = 2 << 20 // bytes of all fields together
	maxCount  = 2_000   // fields
)

// form is what a page's form shows: what was typed, or what is kept, and what
// is wrong with it.
type form struct {
	Token    string
	Prefix   string // of the ids of its fields, where a page has several forms
	Values   url.Values
	Problems errs.Problems
}

// ID gives the id of a field in the page.
func (f form) ID(field string) string { return f.Prefix + field }

// Get gives the value of a field.
func (f form) Get(name string) string { return f.Values.Get(name) }

// Has tells whether a choice of a field is chosen.
func (f form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Wrong gives the problem of a field, if it has one.
func (f form) Wrong(name string) *errs.Error {
	for _, p := range f.Problems {
		if p.Field == name {
			return p
		}
	}
	return nil
}

// set fills a field with what is kept.
func (f form) set(name, value string) { f.Values.Set(name, value) }

// newForm is the form of a page that is opened.
func (s *server) newForm(v *visit) (form, error) {
	token, err := s.token(v)
	return form{Token: token, Values: url.Values{}}, err
}

// onceForm is an empty form of this visit. Its field "once" tells one that is
// sent twice from two.
func (s *server) onceForm(v *visit) (form, error) {
	f, err := s.newForm(v)
	if err != nil {
		return f, err
	}
	once, err := s.tokens.make()
	f.set("once", once)
	return f, err
}

// again is the form of a page that is shown again: what was typed, and each
// problem by its field. An error that is not the visitor's to mend comes back.
func (s *server) again(v *visit, typed url.Values, err error) (form, int, error) {
	f, tokenErr := s.newForm(v)
	if tokenErr != nil {
		return f, 0, tokenErr
	}
	f.Values = typed
	if err == nil {
		return f, http.StatusOK, nil
	}
	code := status[errs.KindOf(err)]
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict, errs.Denied:
	case errs.Unavailable: // what was typed is not to be typed again
		s.Log.Error("a form could not be kept", "error", err)
		v.w.Header().Set("Retry-After", errs.RetryAfter)
	default:
		return f, 0, err
	}
	if wait, ok := errors.AsType[throttle.TooOften](err); ok {
		code = wait.Announce(v.w.Header())
	}
	if ps, ok := errors.AsType[errs.Problems](err); ok {
		f.Problems = ps
	} else {
		f.Problems = errs.Problems{first(err)}
	}
	return f, code, nil
}

// upload is a form that may have brought files.
type upload struct {
	url.Values
	Files int // how many came
}

// attach keeps one file and says where.
type attach func(ctx context.Context, name, mediaType string, r io.Reader) (intake.Attachment, error)

// readUpload reads a form with files as it streams in. The fields come first,
// so that the token is checked before the first byte of a file is kept; keep is
// called at the first file. Nothing touches a temporary file.
func (s *server) readUpload(v *visit, keep func(url.Values) (attach, error)) (u upload, err error) {
	u.Values = url.Values{}
	defer func() {
		if err != nil { // a browser shows our answer only once it has sent all
			_, _ = io.Copy(io.Discard, v.r.Body) // as far as the limit allows; what failed is told already
		}
	}()
	var parts *multipart.Reader
	parts, err = v.r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxFields) // it brings no files
		if err := v.r.ParseForm(); err != nil {
			return u, formFault(err)
		}
		u.Values = v.r.PostForm
		return u, s.checkToken(v, u.Get("token"))
	}
	if err != nil {
		return u, formFault(err)
	}
	var put attach
	checked, left := false, int64(maxFields)
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) && checked {
			return u, nil
		}
		if errors.Is(err, io.EOF) {
			return u, s.checkToken(v, u.Get("token"))
		}
		if err != nil {
			return u, formFault(err)
		}
		if n >= maxCount {
			return u, errs.Invalidf("", "The form has too many fields.")
		}
		if !isFile(part) {
			if err := u.field(part, &left); err != nil {
				return u, err
			}
			continue
		}
		if part.FileName() == "" {
			continue // a file input that was left empty
		}
		if !checked {
			if err := s.checkToken(v, u.Get("token")); err != nil {
				return u, err
			}
			if put, err = keep(u.Values); err != nil {
				return u, err
			}
			checked = true
		}
		u.Files++
		if _, err := put(v.ctx(), part.FileName(), part.Header.Get("Content-Type"), part); err != nil {
			return u, uploadFault(err)
		}
	}
}

// isFile tells a file input, even an empty one, from a field.
func isFile(part *multipart.Part) bool {
	return strings.Contains(part.Header.Get("Content-Disposition"), "filename")
}

func (u *upload) field(part *multipart.Part, left *int64) error {
	b, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return formFault(err)
	}
	if *left -= int64(len(b)); *left < 0 {
		return errs.Invalidf(part.FormName(), "The text of the form is too long.").WithHint("put the rest into an attached file")
	}
	u.Add(part.FormName(), string(b))
	return nil
}

// uploadFault tells a form that broke off from a store that failed.
func uploadFault(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return formFault(err)
	}
	return placed(err, func(string) string { return "attachments" })
}

// lineBreaks brings the line breaks that browsers send to those that we keep.
func lineBreaks(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// readHour reads a day, an hour and a zone. Field names the day's field; the
// hour's and the zone's are beside it.
func readHour(form url.Values, field string) (at time.Time, zone string, err error) {
	zone = strings.TrimSpace(form.Get(field + ".zone"))
	at, err = cvd.LocalHour(form.Get(field)+"T"+form.Get(field+".time"), zone)
	return at, zone, placed(err, func(name string) string {
		if name == "zone" {
			return field + ".zone"
		}
		return field
	})
}

// readDay reads a day; empty is zero. A day that is promised ends at its end.
func readDay(form url.Values, field string) (time.Time, error) {
	day := strings.TrimSpace(form.Get(field))
	if day == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return at, errs.Invalidf(field, "This is not a day.").WithHint("write it as 2026-03-24")
	}
	return at.Add(24*time.Hour - time.Second), nil
}

// dayValue is a day as its field shows it; empty for none.
func dayValue(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// setHour fills the three fields of an hour.
func (f form) setHour(field string, at time.Time, zone string) {
	f.set(field+".zone", zone)
	loc, err := time.LoadLocation(zone)
	if at.IsZero() || err != nil {
		return
	}
	f.set(field, at.In(loc).Format(time.DateOnly))
	f.set(field+".time", at.In(loc).Format("15:04"))
}

// setVersion fills in the version of the record that an edit is made on.
func (f form) setVersion(n int64) { f.set("version", fmt.Sprint(n)) }

// version reads the version of a record that an edit was made on.
func version(form url.Values) (int64, error) {
	var n int64
	if _, err := fmt.Sscanf(form.Get("version"), "%d", &n); err != nil {
		return 0, errStale
	}
	return n, nil
}

// placed renames the fields of problems to those of the form.
func placed(err error, name func(field string) string) error {
	if ps, ok := errors.AsType[errs.Problems](err); ok {
		for _, p := range ps {
			p.Field = name(p.Field)
		}
	} else if e, ok := errors.AsType[*errs.Error](err); ok && e.Field != "" {
		e.Field = name(e.Field)
	}
	return err
}
