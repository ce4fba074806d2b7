package flood

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// people are the honest reporters.
type people struct {
	s       *server
	mu      sync.Mutex
	took    []time.Duration // of each page that one waits for
	phrases []string
	sent    int
	failed  int
	why     map[string]int
}

func newPeople(s *server) *people { return &people{s: s, why: map[string]int{}} }

// report sends honest reports, each from another address: the form is opened,
// filled in and sent, every fourth with a file.
func (p *people) report(ctx context.Context, rate float64) {
	paced(ctx, rate, func(n int) {
		c := p.s.from(net.IPv4(127, 200, byte(n>>8), byte(n)))
		defer c.CloseIdleConnections()
		f := form{client: c, base: p.s.addr, text: fmt.Sprintf("Report %d of an honest person. A long name overflows the buffer.", n), waited: func(d time.Duration) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.took = append(p.took, d)
		}}
		if n%4 == 0 {
			f.file = bytes.Repeat([]byte("evidence "), 30<<10)
		}
		phrase, err := f.send()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent++
		if err != nil {
			p.failed++
			p.why[err.Error()]++
			return
		}
		p.phrases = append(p.phrases, phrase)
	})
}

func (p *people) verify(t *testing.T, tr scope) {
	t.Helper()
	t.Logf("honest: %d reports, %d accepted; waited %v in the middle, %v at p99; failures: %v",
		p.sent, len(p.phrases), quantile(p.took, 0.5), quantile(p.took, 0.99), p.why)
	if float64(p.sent) < 0.8*tr.honest*tr.lasts.Seconds() {
		t.Error("too few honest reports were sent")
	}
	if p.failed*1000 > p.sent {
		t.Errorf("%d of %d honest reports were not accepted", p.failed, p.sent)
	}
	if got := quantile(p.took, 0.99); got > tr.latest {
		t.Errorf("honest people waited %v at p99, more than %v", got, tr.latest)
	}
}

// quantile gives what this share of a list does not pass.
func quantile(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(int(share*float64(len(list))), len(list)-1)].Round(100 * time.Microsecond)
}

// form is a report as a browser sends it.
type form struct {
	client *http.Client
	base   string
	text   string
	file   []byte
	waited func(time.Duration) // told of each page; nil: nobody is
}

var (
	hidden     = regexp.MustCompile(`name="(token|once)" value="([^"]*)"`)
	phraseShow = regexp.MustCompile(`<p class="phrase">([a-z ]+)</p>`)
)

// send opens the form and sends it, and gives the phrase of the receipt.
func (f form) send() (phrase string, err error) {
	page, err := f.ask("GET", "", nil)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		err = errors.Join(err, w.WriteField(m[1], html.UnescapeString(m[2])))
	}
	for name, value := range map[string]string{
		"summary": "A long name overflows a buffer", "what": f.text, "reproduce": "1. start it\n2. send a long name",
		"impact": "Anyone can crash it.", "reporter.anonymous": "1", "credit.want": "no", "do": "send",
	} {
		err = errors.Join(err, w.WriteField(name, value))
	}
	if f.file != nil {
		part, ferr := w.CreateFormFile("attachments", "evidence.txt")
		if ferr == nil {
			_, ferr = part.Write(f.file)
		}
		err = errors.Join(err, ferr)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "", err
	}
	page, err = f.ask("POST", w.FormDataContentType(), &b)
	if err != nil {
		return "", err
	}
	m := phraseShow.FindStringSubmatch(page)
	if m == nil || len(strings.Fields(m[1])) != 12 {
		return "", errors.New("the page shows no receipt")
	}
	return m[1], nil
}

func (f form) ask(method, kind string, body io.Reader) (string, error) {
	req, err := http.NewRequest(method, "http://"+f.base+"/report", body)
	if err != nil {
		return "", err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	began := time.Now()
	res, err := f.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("%s: %w", method, bare(err))
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if f.waited != nil {
		f.waited(time.Since(began))
	}
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", method, res.Status)
	}
	return string(raw), err
}

// bare is an error without the addresses, which differ for each.
func bare(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
