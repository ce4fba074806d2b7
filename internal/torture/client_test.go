package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"steward/internal/api"
)

// refusal is an answer that is no success.
type refusal struct {
	code  int
	retry string // Retry-After
	body  string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d: %.300s", r.code, r.body) }

// busy tells an answer that asks to come again.
func busy(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.code == http.StatusServiceUnavailable && r.retry != ""
}

// conflict tells an answer to a deed that came too late.
func conflict(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.code == http.StatusConflict
}

// gone tells that there was no answer at all.
func gone(err error) bool {
	_, answered := errors.AsType[*refusal](err)
	return err != nil && !answered
}

func (s *server) do(ctx context.Context, method, path string, body io.Reader, head map[string]string) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return nil, nil, err
	}
	for name, value := range head {
		req.Header.Set(name, value)
	}
	client := &http.Client{Transport: s.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 400 {
		err = &refusal{res.StatusCode, res.Header.Get("Retry-After"), string(raw)}
	}
	return raw, res.Header, err
}

// call asks the API; in is nil for a GET.
func (s *server) call(ctx context.Context, auth, path string, in, out any) error {
	method, body := "GET", io.Reader(nil)
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		method, body = "POST", bytes.NewReader(raw)
	}
	raw, _, err := s.do(ctx, method, "/api/v1"+path, body, map[string]string{"Authorization": auth})
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

// padding makes a report as long as they are.
var padding = strings.Repeat("It crashes when the header is long. ", 50)

// send sends a report, or sends it again.
func (s *server) send(ctx context.Context, r *report) (out api.Receipt, err error) {
	if r.fields != nil {
		return s.sendForm(ctx, r)
	}
	body := fmt.Appendf(nil, `{"summary": "Report %s", "what": %q, "product": "example", "reproduce": "Run ./poc", "reporter": {"anonymous": true}, "credit": {"want": "no"}}`, r.key, padding)
	kind := "application/json"
	if len(r.files) > 0 {
		body, kind = form(url.Values{"report": {string(body)}}, "files", r.files)
	}
	raw, _, err := s.do(ctx, "POST", "/api/v1/reports", bytes.NewReader(body), map[string]string{"Idempotency-Key": r.key, "Content-Type": kind})
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(raw, &out)
}

// form writes a form with files, the fields first.
func form(fields url.Values, input string, files []file) ([]byte, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, all := range fields {
		for _, v := range all {
			_ = w.WriteField(name, v) // a buffer takes all
		}
	}
	for _, f := range files {
		part, _ := w.CreateFormFile(input, f.name)
		_, _ = part.Write(f.data)
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}

var (
	hidden    = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	phraseTag = regexp.MustCompile(`<p class="phrase">([^<]+)</p>`)
	hashLine  = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
)

// open loads a page with a form: what it holds hidden, and the cookie.
func (s *server) open(ctx context.Context, path, cookie string) (url.Values, string, error) {
	raw, head, err := s.do(ctx, "GET", path, nil, map[string]string{"Cookie": cookie})
	v := url.Values{}
	for _, m := range hidden.FindAllSubmatch(raw, -1) {
		v.Set(string(m[1]), string(m[2]))
	}
	return v, withCookies(cookie, head), err
}

// withCookies adds what an answer sets to the cookies of before.
func withCookies(before string, head http.Header) string {
	jar := map[string]string{}
	for pair := range strings.SplitSeq(before, "; ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			jar[name] = value
		}
	}
	for _, c := range (&http.Response{Header: head}).Cookies() {
		jar[c.Name] = c.Value
	}
	var all []string
	for name, value := range jar {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

// openForm gives a report the fields of the form.
func (s *server) openForm(ctx context.Context, r *report) error {
	fields, cookie, err := s.open(ctx, "/report", "")
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"product": "example", "summary": "Report " + r.key, "what": padding, "reproduce": "Run ./poc",
		"reporter.anonymous": "yes", "credit.want": "no", "do": "send",
	} {
		fields.Set(name, value)
	}
	r.fields, r.cookie = fields, cookie
	return nil
}

func (s *server) sendForm(ctx context.Context, r *report) (out api.Receipt, err error) {
	body, kind := form(r.fields, "attachments", r.files)
	raw, _, err := s.do(ctx, "POST", "/report", bytes.NewReader(body), map[string]string{"Content-Type": kind, "Cookie": r.cookie})
	if err != nil {
		return out, err
	}
	phrase, hash := phraseTag.FindSubmatch(raw), hashLine.Find(raw)
	if phrase == nil || hash == nil {
		return out, &refusal{http.StatusOK, "", "no receipt: " + string(raw)}
	}
	out.Phrase, out.SHA256 = string(phrase[1]), string(hash)
	return out, nil
}

// replyByForm signs in to the mailbox and writes a letter with files.
func (s *server) replyByForm(ctx context.Context, x *letter) error {
	fields, cookie, err := s.open(ctx, "/mailbox/sign-in", "")
	if err != nil {
		return err
	}
	fields.Set("phrase", x.report.Phrase)
	_, head, err := s.do(ctx, "POST", "/mailbox/sign-in", strings.NewReader(fields.Encode()),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
	if err != nil {
		return err
	}
	if fields, cookie, err = s.open(ctx, "/mailbox", withCookies(cookie, head)); err != nil {
		return err
	}
	fields.Set("body", x.mark)
	body, kind := form(fields, "attachments", x.files)
	_, _, err = s.do(ctx, "POST", "/mailbox/reply", bytes.NewReader(body), map[string]string{"Content-Type": kind, "Cookie": cookie})
	return err
}
